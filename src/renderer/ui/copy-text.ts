/** Puts text on the clipboard. Answers whether it is there: a window without focus, or a browser, may refuse. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // The older way, which needs no permission: a selection that the browser copies.
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    area.style.opacity = '0'
    const before = document.activeElement
    document.body.append(area)
    area.select()
    try {
      return document.execCommand('copy')
    } catch {
      return false
    } finally {
      area.remove()
      if (before instanceof HTMLElement) before.focus()
    }
  }
}

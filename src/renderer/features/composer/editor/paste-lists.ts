/** One item of a list that a program wrote as something else. */
type Item = { element: HTMLElement; level: number; isOrdered: boolean; start: number }

const MARK = /mso-list:\s*(?:[^;]*\s)?level(\d{1,2})/i

/** Word writes lists as paragraphs that name a list and a level, and draw their mark themselves. */
function wordItem(element: Element): Item | null {
  const level = MARK.exec(element.getAttribute('style') ?? '')?.[1]
  if (level === undefined || (element.nodeName !== 'P' && !/^H\d$/.test(element.nodeName))) return null
  const mark = [...element.querySelectorAll('[style]')].find((span) =>
    /mso-list:\s*ignore/i.test(span.getAttribute('style') ?? ''),
  )
  const text = (mark?.textContent ?? '').replace(/[\s\u00a0]/g, '')
  mark?.remove()
  const number = /^\(?(?:(\d{1,6})|[a-z]{1,6})[.):]/i.exec(text)
  return {
    element: element as HTMLElement,
    level: Number(level),
    isOrdered: number !== null,
    start: Number(number?.[1] ?? 1),
  }
}

/** Turns Word's paragraphs that stand for items into lists, nested by their level. */
export function makeLists(body: HTMLElement): void {
  for (const list of body.querySelectorAll('.ListContainerWrapper')) list.replaceWith(...list.childNodes)
  let run: Item[] = []
  const finish = () => {
    if (run.length > 0) buildList(run)
    run = []
  }
  // In the order of the document; a run ends where something else than an item stands between.
  for (const element of [...body.querySelectorAll('p, h1, h2, h3, h4, h5, h6')]) {
    const item = wordItem(element)
    if (!item) continue
    const last = run.at(-1)?.element
    if (last && nextElement(last) !== element) finish()
    run.push(item)
  }
  finish()
}

/** The next sibling; null where text stands between. */
function nextElement(element: Element): Element | null {
  let next = element.nextSibling
  while (next && next.nodeType !== Node.ELEMENT_NODE && (next.nodeValue ?? '').trim() === '')
    next = next.nextSibling
  return next instanceof Object && next.nodeType === Node.ELEMENT_NODE ? (next as Element) : null
}

function buildList(items: readonly Item[]): void {
  const [first] = items
  if (!first) return
  const { ownerDocument: document } = first.element
  const anchor = document.createComment('')
  first.element.before(anchor)
  const open: { list: HTMLElement; level: number }[] = []
  const roots: HTMLElement[] = []
  for (const { element, level, isOrdered, start } of items) {
    while (open.length > 0 && (open.at(-1)?.level ?? 0) > level) open.pop()
    const name = isOrdered ? 'OL' : 'UL'
    let top = open.at(-1)
    if (top && top.level === level && top.list.nodeName !== name) {
      open.pop()
      top = open.at(-1)
    }
    if (!top || top.level < level) {
      const list = document.createElement(name)
      if (isOrdered && start !== 1) list.setAttribute('start', String(start))
      const parent = top?.list.lastElementChild
      if (parent) parent.append(list)
      else roots.push(list)
      top = { list, level }
      open.push(top)
    }
    const item = document.createElement('li')
    item.append(...element.childNodes)
    top.list.append(item)
    element.remove()
  }
  anchor.replaceWith(...roots)
}

/** A list that lies in a list, and not in an item of it, belongs to the item before it. */
export function nestLists(body: HTMLElement): void {
  for (const list of body.querySelectorAll('ul > ul, ul > ol, ol > ul, ol > ol')) {
    const before = list.previousElementSibling
    if (before?.nodeName === 'LI') before.append(list)
  }
}

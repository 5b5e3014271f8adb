import { createTextVNode, h, type VNode } from 'vue'

/** What a guide is written in: headings, paragraphs, lists, **bold**, `code`, and [links](https://…). Nothing else. */
export function guideNodes(markdown: string, openLink: (url: string) => void): VNode[] {
  const blocks: VNode[] = []
  let list: { ordered: boolean; items: string[] } | null = null
  let paragraph: string[] = []
  const inline = (text: string) => inlineNodes(text, openLink)
  const endParagraph = () => {
    if (paragraph.length > 0) blocks.push(h('p', { class: 'wrap-anywhere' }, inline(paragraph.join(' '))))
    paragraph = []
  }
  const endList = () => {
    if (!list) return
    const { ordered, items } = list
    const style = ordered ? 'list-decimal space-y-1.5 pl-5' : 'list-disc space-y-1 pl-5'
    blocks.push(
      h(
        ordered ? 'ol' : 'ul',
        { class: style },
        items.map((item) => h('li', { class: 'wrap-anywhere' }, inline(item))),
      ),
    )
    list = null
  }
  for (const line of markdown.split(/\r?\n/)) {
    const heading = /^#{1,6}\s+(.+)$/.exec(line)
    const item = /^\s*(?:(\d+)[.)]|[-*])\s+(.+)$/.exec(line)
    if (heading) {
      endParagraph()
      endList()
      blocks.push(h('h5', { class: 'font-semibold' }, inline(heading[1] ?? '')))
    } else if (item) {
      endParagraph()
      const ordered = item[1] !== undefined
      if (list && list.ordered !== ordered) endList()
      list ??= { ordered, items: [] }
      list.items.push(item[2] ?? '')
    } else if (line.trim() === '') {
      endParagraph()
    } else if (list && /^\s{2,}/.test(line)) {
      // A line that is indented goes on with the item above it.
      list.items.push(`${list.items.pop() ?? ''} ${line.trim()}`)
    } else {
      endList()
      paragraph.push(line.trim())
    }
  }
  endParagraph()
  endList()
  return blocks
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https:\/\/[^\s)]+)\)/g

function inlineNodes(text: string, openLink: (url: string) => void): VNode[] {
  const nodes: VNode[] = []
  let at = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) nodes.push(createTextVNode(text.slice(at, match.index)))
    at = match.index + match[0].length
    const [, code, bold, words, url] = match
    if (code !== undefined) {
      nodes.push(h('code', { class: 'rounded-sm bg-sunken px-1 font-mono text-sm select-all' }, code))
    } else if (bold !== undefined) nodes.push(h('strong', { class: 'font-semibold' }, bold))
    else if (words !== undefined && url !== undefined) {
      const open = (event: Event) => {
        event.preventDefault()
        openLink(url)
      }
      nodes.push(h('a', { href: url, class: 'text-accent underline', onClick: open }, words))
    }
  }
  if (at < text.length) nodes.push(createTextVNode(text.slice(at)))
  return nodes
}

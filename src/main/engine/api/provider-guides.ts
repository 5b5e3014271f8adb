import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProviderGuide } from '../../../contract/hosted.ts'

/**
 * The guides in resources/provider-guides, read once: Markdown whose first line is the title and whose second names
 * what people search for (`Keywords: …`).
 */
export function createGuides(resourcesDir: string): () => Promise<readonly ProviderGuide[]> {
  let guides: Promise<ProviderGuide[]> | null = null
  return () => {
    guides ??= readGuides(join(resourcesDir, 'provider-guides')).catch((error: unknown) => {
      guides = null
      throw error
    })
    return guides
  }
}

async function readGuides(dir: string): Promise<ProviderGuide[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.md')).sort()
  return await Promise.all(
    names.map(async (name) => parseGuide(name.slice(0, -3), await readFile(join(dir, name), 'utf8'))),
  )
}

/** @throws Error for a file without a title or keywords */
export function parseGuide(id: string, text: string): ProviderGuide {
  const [, title, keywords, markdown] = /^# (.+)\r?\n\r?\nKeywords: (.+)\r?\n\r?\n([\s\S]+)$/.exec(text) ?? []
  if (!title || !keywords || !markdown)
    throw new Error(`provider-guides/${id}.md has no title or no keywords.`)
  return { id, title, keywords: keywords.split(',').map((word) => word.trim()), markdown: markdown.trim() }
}

import type { Strings } from '../shell-shared/strings.ts'
import type { Refusal } from './guard.ts'

/** A plain page that says why a request was refused and what to do; no script, nothing from elsewhere. */
export function refusalPage(t: Strings, reason: Refusal): string {
  return page(t, t('desktop.refused.title'), t(`desktop.refused.${reason}`), t('desktop.refused.next'))
}

/** The same for an address that names nothing here. */
export function notFoundPage(t: Strings): string {
  return page(t, t('desktop.notFound.title'), t('desktop.notFound.text'), t('desktop.notFound.next'))
}

function page(t: Strings, title: string, text: string, next: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · ${escape(t('desktop.name'))}</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem }</style>
<main>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
<p>${escape(next)}</p>
</main>
</html>
`
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

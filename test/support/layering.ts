import { posix } from 'node:path'
import ts from 'typescript'
import { parse as parseVue } from 'vue/compiler-sfc'

/** One breach of the layering: where, and what to do instead. */
export type Breach = { file: string; line: number; message: string }

/**
 * The engine's folders, lowest first. An import may point to a lower line only, or stay in its own folder.
 * Folders of one line do not know each other.
 */
export const ENGINE_LAYERS: readonly (readonly string[])[] = [
  ['types.ts'],
  ['lib'],
  ['store'],
  ['channels', 'mime', 'threading', 'search'],
  ['crm', 'rules'],
  ['ingest'],
  ['sync'],
  ['outbox'],
  ['team'],
  ['sample'],
  ['read'],
  ['api'],
  ['start.ts'],
]

/** Pure folders, and channels: they never see the store. */
const WITHOUT_STORE = ['channels', 'mime', 'threading']

/** What each part of the renderer may import of ours, besides itself and the contract. */
const RENDERER_PARTS: Record<string, readonly string[]> = {
  host: [],
  rpc: ['host', 'lib'],
  stores: ['host', 'rpc', 'lib', 'i18n'],
  ui: ['lib', 'i18n'],
  lib: [],
  i18n: ['host', 'lib'],
  shell: ['host', 'rpc', 'stores', 'ui', 'lib', 'i18n'],
  features: ['host', 'rpc', 'stores', 'shell', 'ui', 'lib', 'i18n'],
}

/** Packages that only some engine folders may import, with the reason that a developer reads. */
const PACKAGE_HOMES: readonly { pattern: RegExp; homes: readonly string[]; what: string }[] = [
  { pattern: /^better-sqlite3(\/|$)/, homes: ['store'], what: 'the database driver' },
  { pattern: /^nodemailer\/lib\/mail-composer/, homes: ['channels', 'outbox'], what: 'the MIME composer' },
  { pattern: /^(imapflow|nodemailer|smtp-[a-z]+)(\/|$)/, homes: ['channels'], what: 'a mail protocol' },
  { pattern: /^(mailparser|postal-mime)(\/|$)/, homes: ['mime'], what: 'a mail parser' },
]

const SQL =
  /^\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|REPLACE\s+INTO\s|UPDATE\s+(OR\s+\w+\s+)?\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(UNIQUE\s+|VIRTUAL\s+|TEMP\s+)?(TABLE|INDEX|TRIGGER|VIEW)\s|DROP\s+(TABLE|INDEX|TRIGGER|VIEW)\s|ALTER\s+TABLE\s|PRAGMA\s|BEGIN\s+(IMMEDIATE|EXCLUSIVE)|SAVEPOINT\s|VACUUM\b|WITH\s+(RECURSIVE\s+)?\w+\s*(\([^)]*\)\s*)?AS\s)/

type Place = { area: string; part: string; rest: string }

/** Splits `src/main/engine/store/ops.ts` into area `engine`, part `store` and the rest. */
function placeOf(path: string): Place {
  const parts = path.split('/')
  if (parts[1] === 'main' && parts[2] === 'engine') {
    return { area: 'engine', part: parts[3] ?? '', rest: parts.slice(4).join('/') }
  }
  if (parts[1] === 'main') return { area: 'shells', part: parts[2] ?? '', rest: parts.slice(3).join('/') }
  // `renderer/i18n.ts` counts as `renderer/i18n`.
  const part = (parts[2] ?? '').replace(/\.ts$/, '')
  return { area: parts[1] ?? '', part, rest: parts.slice(3).join('/') }
}

/** The path of what is imported, from the project's root, or null when it is a package. */
function resolveOwn(file: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(file), specifier))
  if (specifier.startsWith('@/')) return posix.join('src/renderer', specifier.slice(2))
  if (specifier.startsWith('@contract/'))
    return posix.join('src/contract', specifier.slice('@contract/'.length))
  return null
}

const rank = (part: string) => ENGINE_LAYERS.findIndex((layer) => layer.includes(part))

/** Judges one import. @returns what is wrong with it, or null */
function judgeImport(file: string, specifier: string): string | null {
  const from = placeOf(file)
  const target = resolveOwn(file, specifier)
  if (target === null) return judgePackage(from, specifier)
  if (!target.startsWith('src/')) {
    // The version number, the shipped locales: data of ours outside of src.
    return /^(package\.json|resources\/)/.test(target) ? null : `${target} lies outside of src`
  }
  const to = placeOf(target)
  if (to.area === 'contract') return null
  switch (from.area) {
    case 'contract':
      return `the contract imports nothing else of ours, but this is ${target}`
    case 'preload':
      return to.area === 'preload'
        ? null
        : `the preload script meets the others in the contract only, not in ${target}`
    case 'renderer':
      if (to.area !== 'renderer')
        return `the renderer and ${to.area} meet in the contract only, not in ${target}`
      return judgeRenderer(from, to)
    case 'shells':
      if (to.area === 'engine') {
        return ['start.ts', 'types.ts', 'lib'].includes(to.part)
          ? null
          : `a shell holds no domain logic: of the engine it may import start.ts, types.ts and lib/, not ${target}`
      }
      if (to.area !== 'shells') return `a shell and ${to.area} meet in the contract only, not in ${target}`
      return to.part === from.part || to.part === 'shell-shared'
        ? null
        : `${from.part} may not import ${to.part}`
    case 'engine':
      if (to.area !== 'engine') return `the engine knows nothing of ${target}`
      return judgeEngine(from, to)
    default:
      return `src/${from.area} is not a part of the design`
  }
}

function judgeEngine(from: Place, to: Place): string | null {
  if (rank(from.part) < 0)
    return `engine/${from.part} is not in the list of layers (test/support/layering.ts)`
  if (rank(to.part) < 0) return `engine/${to.part} is not in the list of layers (test/support/layering.ts)`
  if (from.part === to.part) return null
  if (rank(to.part) >= rank(from.part))
    return `${from.part} lies below or beside ${to.part}: imports point down`
  if (to.part === 'store' && WITHOUT_STORE.includes(from.part)) return `${from.part} never touches the store`
  if (
    to.part === 'channels' &&
    !['ingest', 'sync', 'outbox', 'sample', 'api', 'start.ts'].includes(from.part)
  ) {
    return `${from.part} has no business with mail servers`
  }
  return null
}

function judgeRenderer(from: Place, to: Place): string | null {
  // main.ts, App.vue and whatever else stands beside them put the parts together.
  if (from.rest === '' && !RENDERER_PARTS[from.part]) return null
  if (from.part !== to.part) {
    const allowed = RENDERER_PARTS[from.part]
    if (!allowed) return `renderer/${from.part} is not in the list of parts (test/support/layering.ts)`
    return allowed.includes(to.part) ? null : `renderer/${from.part} may not import renderer/${to.part}`
  }
  if (from.part !== 'features') return null
  const one = from.rest.split('/')[0]
  const other = to.rest.split('/')[0]
  return one === other
    ? null
    : `the feature ${one} may not import the feature ${other}: they meet in registries and stores`
}

function judgePackage(from: Place, specifier: string): string | null {
  if (/^electron(\/|$)/.test(specifier) && !(from.part === 'shell-electron' || from.area === 'preload')) {
    return 'only shell-electron and the preload script import electron'
  }
  const node = specifier.startsWith('node:')
  if (node && (from.area === 'renderer' || from.area === 'contract')) {
    return `${from.area} runs where there is no Node: ${specifier}`
  }
  if (from.area === 'contract' && !/^(zod|@orpc\/contract)$/.test(specifier)) {
    return `the contract is zod and @orpc/contract, not ${specifier}`
  }
  const home = PACKAGE_HOMES.find(({ pattern }) => pattern.test(specifier))
  if (home && !(from.area === 'engine' && home.homes.includes(from.part))) {
    return `${specifier} is ${home.what}: only engine/${home.homes.join(' and engine/')} may import it`
  }
  return null
}

/** The script of a file: the text itself, or the script blocks of a Vue component at their own lines. */
function scriptOf(file: string, text: string): string {
  if (!file.endsWith('.vue')) return text
  const { script, scriptSetup } = parseVue(text, { filename: file }).descriptor
  const blocks = [script, scriptSetup].filter((block) => block !== null)
  blocks.sort((a, b) => a.loc.start.offset - b.loc.start.offset)
  let result = ''
  for (const block of blocks) {
    const line = result.split('\n').length
    result += '\n'.repeat(Math.max(0, block.loc.start.line - line)) + block.content
  }
  return result
}

/**
 * Every breach of the layering in one source file.
 * @param file path from the project's root, with forward slashes, such as `src/main/engine/store/ops.ts`
 * @param text the file's content (TypeScript, or a Vue component)
 */
export function breachesOf(file: string, text: string): Breach[] {
  const source = ts.createSourceFile(
    file,
    scriptOf(file, text),
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TS,
  )
  const breaches: Breach[] = []
  const place = placeOf(file)
  const inStore = place.area === 'engine' && place.part === 'store'
  const inHost = place.area === 'renderer' && place.part === 'host'

  const report = (node: ts.Node, message: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
    breaches.push({ file, line: line + 1, message })
  }
  const imports = (node: ts.Node, specifier: ts.Node | undefined) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return
    const message = judgeImport(file, specifier.text)
    if (message) report(node, message)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) imports(node, node.moduleSpecifier)
    else if (ts.isExportDeclaration(node)) imports(node, node.moduleSpecifier)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      imports(node, node.argument.literal)
    else if (ts.isExternalModuleReference(node)) imports(node, node.expression)
    else if (ts.isCallExpression(node)) visitCall(node)
    else if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
      if (node.expression.text === 'WebSocket' && place.area === 'renderer' && !inHost) {
        report(node, 'only renderer/host knows how the engine is reached: no WebSocket here')
      }
    } else if (ts.isPropertyAccessExpression(node)) {
      const owner = node.expression
      const global = ts.isIdentifier(owner) && ['window', 'globalThis', 'self'].includes(owner.text)
      if (global && node.name.text === 'anteroom' && !inHost) {
        report(node, 'only renderer/host knows of the desktop bridge (window.anteroom)')
      }
    } else if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) visitText(node)
    ts.forEachChild(node, visit)
  }
  const visitCall = (node: ts.CallExpression) => {
    const callee = node.expression
    const [first] = node.arguments
    if (callee.kind === ts.SyntaxKind.ImportKeyword) imports(node, first)
    else if (ts.isIdentifier(callee) && callee.text === 'require') imports(node, first)
    else if (ts.isPropertyAccessExpression(callee)) {
      // Vite's import.meta.glob takes one pattern or several.
      if (callee.name.text === 'glob' && ts.isMetaProperty(callee.expression)) {
        for (const pattern of first && ts.isArrayLiteralExpression(first) ? first.elements : [first]) {
          imports(node, pattern)
        }
      }
      if (callee.name.text === 'prepare' && !inStore) report(node, 'only engine/store prepares statements')
    }
  }
  const visitText = (node: ts.StringLiteralLike | ts.TemplateExpression) => {
    const words = ts.isTemplateExpression(node)
      ? node.head.text + node.templateSpans.map((span) => `x${span.literal.text}`).join('')
      : node.text
    if (!inStore && SQL.test(words)) report(node, 'only engine/store holds SQL')
    if (place.area === 'renderer' && !inHost && /^wss?:/.test(words)) {
      report(node, 'only renderer/host knows how the engine is reached: no WebSocket address here')
    }
  }
  visit(source)
  const [first] = source.statements
  const isBarrel = source.statements.every((one) => ts.isExportDeclaration(one) && one.moduleSpecifier)
  if (first && isBarrel) report(first, 'no barrels: import from the file that has it')
  return breaches
}

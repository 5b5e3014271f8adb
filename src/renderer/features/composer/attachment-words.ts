/**
 * Words by which a writer announces an attachment, in the languages our users write in. Stems, matched
 * from the beginning of a word; a pattern in which the word alone is too common asks for its usual company
 * ("Anlage" is also a plant, "enclosed" also a garden).
 */
const PATTERNS: readonly string[] = [
  // English
  'attach(?:ed|ing|ments?)?',
  'enclosed (?:is|are|please|you|find|file|document|pdf)',
  '(?:please )?find enclosed',
  // Italian
  'allegat[oaie]',
  'allego',
  'alleghiamo',
  // Spanish
  'adjunt(?:o|a|os|as|amos|ado|ada|ar)',
  // Polish, with and without its letters
  'za[łl][ąa]cz(?:am|amy|one|ony|ona|ono|nik|niku|niki|nikach|nikiem|eniu|yłem|yłam)',
  // German
  'anh[äa]ng(?:e|en|s)?',
  'angeh[äa]ngt(?:e|en|er|es)?',
  'anbei',
  'beigef[üu]gt(?:e|en|er|es)?',
  '(?:in der|als|siehe) anlagen?',
  // French
  'pi[èe]ces? jointes?',
  'ci-joint(?:e|s|es)?',
  'ci-annex[ée](?:e|s|es)?',
  '(?:fichiers?|documents?) joints?',
  // Portuguese
  'em anexo',
  'anexo',
  'anexos',
  'anexei',
  'anexamos',
  'anexad[oa]s?',
  // Russian
  'во вложени[ий]',
  'вложени(?:е|я|и|ем)',
  'прикрепил[аи]?',
  'прикрепляю',
  'прикрепл[её]н\\p{L}*',
  'прилагаю',
  'прилагаем',
  // Dutch
  'bijlagen?',
  'bijgevoegde?',
  // Hindi
  'संलग्न',
  'अटैचमेंट',
  // Arabic, with its article and prepositions written onto the word
  '(?:[وب]?ال|ب|و)?مرفق(?:ات|ة|ا|اً)?',
  'أرفق(?:ت|نا)?',
  // Indonesian and Malay
  'terlampir',
  'lampiran',
  // Turkish
  'ekte',
  'ekli',
]

/** Languages that put no space between words. */
const WITHOUT_SPACES = /附件|附上|隨信附|随信附|添付/u

const WORDS = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${PATTERNS.join('|')})(?![\\p{L}\\p{N}_])`, 'iu')

/**
 * The first words in `text` that announce an attachment, as written, or null. `text` must be what the
 * writer wrote, without the quotation.
 */
export function announcedAttachment(text: string): string | null {
  return WORDS.exec(text)?.[0] ?? WITHOUT_SPACES.exec(text)?.[0] ?? null
}

import type { RecordType } from '../../../../contract/records.ts'

/**
 * Which property a column is taken for, by its heading: in English, Italian, Spanish and Polish (J8), and as Google
 * Contacts, Outlook, HubSpot and Thunderbird write them, and vCard.
 */

/** Properties that several columns may be: several addresses, several numbers. */
export const REPEATABLE: ReadonlySet<string> = new Set(['email', 'phone'])

/** Lower case, without accents and signs: "E-mail 1 - Value" is "e mail 1 value". */
export const plain = (heading: string): string =>
  heading
    .replace(/[łŁ]/g, 'l')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Words that only say which of several it is. */
const WHICH =
  '(?:\\d+|value|wartosc|valore|valor|primary|secondary|other|additional|work|home|office|business|company|personal|private|main|default|lavoro|casa|ufficio|aziendale|personale|altro|principale|trabajo|oficina|personal|otro|principal|praca|dom|domowy|sluzbowy|prywatny|inny|glowny|z pracy)'
const pattern = (...words: string[]): RegExp =>
  new RegExp(`^(?:${WHICH} )*(?:${words.join('|')})(?: (?:${WHICH}|address|addresses|number|numbers))*$`)

const EMAIL = pattern(
  'e ?mails?',
  'mail',
  'indirizz[oi] (?:e ?mail|di posta elettronica)',
  'posta elettronica',
  'correos?(?: electronicos?)?',
  'direccion(?:es)? de (?:correo(?: electronico)?|e ?mail)',
  'adresy? (?:e ?mail|poczty elektronicznej)',
  'poczta(?: elektroniczna)?',
)
const PHONE = pattern(
  '(?:tele)?phones?(?: nos?)?',
  '(?:mobile|cell|cellular|car|assistant s?)(?: (?:tele)?phone)?',
  'tel(?: (?:cell|mobile|iphone|car|pager|assistant|msg|voice|textphone))?',
  '(?:numer[oi] (?:di|de) )?telefon[oi]s?(?: (?:cellulare|fisso|mobile|movil|fijo|celular))?',
  'numery? telefonu',
  'cellulare',
  'movil',
  'celular',
  'telefony?(?: (?:komorkowy|stacjonarny))?',
  'komorka',
)

type Known = { key: string; is: (heading: string) => boolean }
const words = (...all: string[]): ((heading: string) => boolean) => {
  const known = new Set(all)
  return (heading) => known.has(heading)
}

const COMPANY = words(
  ...['company', 'company name', 'organization', 'organisation', 'organization name', 'organization 1 name'],
  ...[
    'associated company',
    'primary company',
    'primary associated company',
    'account',
    'account name',
    'org',
    'employer',
  ],
  ...['azienda', 'nome azienda', 'societa', 'ditta', 'organizzazione', 'impresa'],
  ...['empresa', 'nombre de la empresa', 'compania', 'organizacion'],
  ...['firma', 'nazwa firmy', 'organizacja', 'przedsiebiorstwo', 'pracodawca'],
)
const OWNER = words(
  ...['owner', 'contact owner', 'company owner', 'deal owner', 'account owner', 'responsible', 'assigned to'],
  ...['proprietario', 'responsabile', 'assegnato a', 'propietario', 'responsable', 'asignado a'],
  ...['wlasciciel', 'opiekun', 'odpowiedzialny', 'przypisany do'],
)
const NOTES = words(
  ...['notes', 'note', 'comments', 'comment', 'remarks', 'description', 'about us'],
  ...[
    'appunti',
    'commenti',
    'commento',
    'annotazioni',
    'descrizione',
    'notas',
    'nota',
    'comentarios',
    'descripcion',
  ],
  ...['notatki', 'notatka', 'uwagi', 'komentarz', 'opis'],
)

/** In order: of two columns that would be the same property, the one that stands first here is it. */
const KNOWN: Record<Exclude<RecordType, 'ticket'>, readonly Known[]> = {
  contact: [
    { key: 'email', is: (heading) => EMAIL.test(heading) },
    {
      key: 'first_name',
      is: words(
        ...['first name', 'firstname', 'given name', 'forename', 'n given', 'first'],
        ...['nome di battesimo', 'nombre de pila', 'primer nombre', 'imie', 'imiona', 'pierwsze imie'],
      ),
    },
    {
      key: 'last_name',
      is: words(
        ...['last name', 'lastname', 'family name', 'surname', 'n family', 'last'],
        ...['cognome', 'cognomi', 'apellido', 'apellidos', 'nazwisko'],
      ),
    },
    {
      key: 'name',
      is: words(
        ...['name', 'full name', 'fullname', 'display name', 'contact name', 'fn', 'contact'],
        ...[
          'nome completo',
          'nome e cognome',
          'cognome e nome',
          'nome visualizzato',
          'nominativo',
          'nome contatto',
        ],
        ...['nombre completo', 'nombre y apellidos', 'nombre y apellido', 'nombre para mostrar', 'contacto'],
        ...['imie i nazwisko', 'nazwisko i imie', 'pelna nazwa', 'nazwa wyswietlana', 'nazwa'],
      ),
    },
    { key: 'name', is: words('file as') },
    { key: 'phone', is: (heading) => PHONE.test(heading) },
    {
      key: 'job_title',
      is: words(
        ...[
          'job title',
          'jobtitle',
          'position',
          'organization title',
          'organization 1 title',
          'job',
          'function',
        ],
        ...[
          'qualifica',
          'ruolo',
          'mansione',
          'posizione',
          'incarico',
          'cargo',
          'puesto',
          'puesto de trabajo',
        ],
        ...['stanowisko', 'funkcja'],
      ),
    },
    { key: 'job_title', is: words('title', 'role', 'titolo', 'titulo', 'tytul') },
    { key: 'company', is: COMPANY },
    { key: 'owner_id', is: OWNER },
    {
      key: 'lifecycle_stage',
      is: words(
        ...['lifecycle stage', 'lifecyclestage', 'life cycle stage', 'lifecycle'],
        ...['fase del ciclo di vita', 'etapa del ciclo de vida', 'etap cyklu zycia'],
      ),
    },
    {
      key: 'consent',
      is: words(
        ...[
          'consent',
          'marketing consent',
          'opt in',
          'consenso',
          'consentimiento',
          'zgoda',
          'zgoda marketingowa',
        ],
      ),
    },
    { key: 'notes', is: NOTES },
  ],
  company: [
    {
      key: 'name',
      is: (heading) =>
        COMPANY(heading) ||
        ['name', 'nome', 'nombre', 'nazwa', 'fn', 'ragione sociale', 'razon social'].includes(heading),
    },
    {
      key: 'domain',
      is: words(
        ...['domain', 'company domain name', 'domain name', 'company domain', 'email domain'],
        ...['dominio', 'dominio azienda', 'nombre de dominio', 'domena'],
      ),
    },
    {
      key: 'website',
      is: words(
        ...['website', 'website url', 'web site', 'web page', 'webpage', 'web', 'url', 'homepage', 'site'],
        ...[
          'sito web',
          'sito',
          'pagina web',
          'sitio web',
          'strona internetowa',
          'strona www',
          'strona',
          'www',
        ],
      ),
    },
    { key: 'phone', is: (heading) => PHONE.test(heading) },
    {
      key: 'industry',
      is: words('industry', 'sector', 'settore', 'industria', 'sector', 'branza', 'sektor'),
    },
    {
      key: 'city',
      is: words('city', 'town', 'citta', 'localita', 'ciudad', 'localidad', 'miasto', 'miejscowosc'),
    },
    {
      key: 'country',
      is: words('country', 'country region', 'paese', 'nazione', 'stato', 'pais', 'kraj', 'panstwo'),
    },
    { key: 'owner_id', is: OWNER },
    { key: 'notes', is: NOTES },
  ],
  deal: [
    {
      key: 'name',
      is: words(
        ...['name', 'deal name', 'dealname', 'deal', 'opportunity', 'opportunity name', 'title', 'subject'],
        ...[
          'nome',
          'trattativa',
          'nome trattativa',
          'opportunita',
          'affare',
          'nombre',
          'negocio',
          'nombre del negocio',
        ],
        ...['oportunidad', 'nazwa', 'transakcja', 'nazwa transakcji', 'szansa', 'szansa sprzedazy'],
      ),
    },
    {
      key: 'amount',
      is: words(
        ...['amount', 'deal amount', 'value', 'deal value', 'price', 'amount in company currency'],
        ...[
          'importo',
          'valore',
          'prezzo',
          'importe',
          'valor',
          'precio',
          'cantidad',
          'kwota',
          'wartosc',
          'cena',
        ],
      ),
    },
    {
      key: 'currency',
      is: words('currency', 'deal currency', 'currency code', 'valuta', 'moneda', 'divisa', 'waluta'),
    },
    {
      key: 'stage',
      is: words(
        ...['stage', 'deal stage', 'dealstage', 'status', 'phase', 'fase', 'fase trattativa', 'stato'],
        ...['etapa', 'etapa del negocio', 'estado', 'etap', 'etap transakcji', 'faza'],
      ),
    },
    {
      key: 'close_date',
      is: words(
        ...['close date', 'closedate', 'closing date', 'expected close date', 'due date'],
        ...[
          'data di chiusura',
          'data chiusura',
          'chiusura prevista',
          'fecha de cierre',
          'fecha prevista de cierre',
        ],
        ...['data zamkniecia', 'przewidywana data zamkniecia', 'termin'],
      ),
    },
    { key: 'company', is: COMPANY },
    { key: 'owner_id', is: OWNER },
    { key: 'notes', is: NOTES },
  ],
}

export type KnownProperty = {
  key: string
  /** A company's own; null for a built-in one. */ name: string | null
}

/**
 * For each heading the key of the property that it is taken for, or null. No property is given twice but those that a
 * record has several of.
 * @param properties what a file may set
 */
export function proposeMapping(
  type: Exclude<RecordType, 'ticket'>,
  headings: readonly string[],
  properties: readonly KnownProperty[],
): (string | null)[] {
  const proposed: (string | null)[] = headings.map(() => null)
  const asked = headings.map(plain)
  const taken = new Set<string>()
  const settable = new Set(properties.map(({ key }) => key))
  const give = (key: string, is: (heading: string) => boolean): void => {
    if (!settable.has(key)) return
    asked.forEach((heading, i) => {
      if (proposed[i] !== null || !is(heading)) return
      if (taken.has(key) && !REPEATABLE.has(key)) return
      proposed[i] = key
      taken.add(key)
    })
  }
  // A name that the company gave is meant before any word of ours.
  for (const { key, name } of properties) if (name !== null) give(key, (heading) => heading === plain(name))
  for (const { key, is } of KNOWN[type]) give(key, is)
  if (type === 'contact') {
    // "Nome" is the first name beside a "Cognome", and the whole name alone.
    give(taken.has('last_name') ? 'first_name' : 'name', words('nome', 'nombre'))
  }
  return proposed
}

/** What a number is for, as its heading says it: "mobile", "work", "home", or empty. */
export function phoneLabel(heading: string): string {
  const text = plain(heading)
  if (/\b(mobile|cell|cellular|iphone|cellulare|movil|celular|komorka|komorkowy)\b/.test(text))
    return 'mobile'
  if (/\b(work|business|office|company|lavoro|ufficio|aziendale|trabajo|oficina|praca|sluzbowy)\b/.test(text))
    return 'work'
  if (/\b(home|private|casa|dom|domowy|prywatny)\b/.test(text)) return 'home'
  return ''
}

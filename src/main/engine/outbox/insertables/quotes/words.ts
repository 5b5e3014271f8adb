import type { QuoteLanguage } from '../../../../../contract/quotes.ts'

/** What stands on the PDF of a quote, in the language of whom it is for. */
export type QuoteWords = {
  quote: string
  date: string
  validUntil: string
  customer: string
  text: string
  quantity: string
  price: string
  discount: string
  tax: string
  amount: string
  subtotal: string
  net: string
  /** "VAT 22% on €100.00" */
  taxOn: (rate: string, on: string) => string
  total: string
  page: (page: number, of: number) => string
}

export const QUOTE_WORDS: Record<QuoteLanguage, QuoteWords> = {
  en: {
    quote: 'Quote',
    date: 'Date',
    validUntil: 'Valid until',
    customer: 'For',
    text: 'Description',
    quantity: 'Quantity',
    price: 'Unit price',
    discount: 'Discount',
    tax: 'Tax',
    amount: 'Amount',
    subtotal: 'Subtotal',
    net: 'Total without tax',
    taxOn: (rate, on) => `Tax ${rate} on ${on}`,
    total: 'Total',
    page: (page, of) => `Page ${page} of ${of}`,
  },
  it: {
    quote: 'Preventivo',
    date: 'Data',
    validUntil: 'Valido fino al',
    customer: 'Per',
    text: 'Descrizione',
    quantity: 'Quantità',
    price: 'Prezzo unitario',
    discount: 'Sconto',
    tax: 'IVA',
    amount: 'Importo',
    subtotal: 'Subtotale',
    net: 'Imponibile',
    taxOn: (rate, on) => `IVA ${rate} su ${on}`,
    total: 'Totale',
    page: (page, of) => `Pagina ${page} di ${of}`,
  },
  es: {
    quote: 'Presupuesto',
    date: 'Fecha',
    validUntil: 'Válido hasta',
    customer: 'Para',
    text: 'Descripción',
    quantity: 'Cantidad',
    price: 'Precio unitario',
    discount: 'Descuento',
    tax: 'IVA',
    amount: 'Importe',
    subtotal: 'Subtotal',
    net: 'Base imponible',
    taxOn: (rate, on) => `IVA ${rate} sobre ${on}`,
    total: 'Total',
    page: (page, of) => `Página ${page} de ${of}`,
  },
  pl: {
    quote: 'Oferta',
    date: 'Data',
    validUntil: 'Ważna do',
    customer: 'Dla',
    text: 'Opis',
    quantity: 'Ilość',
    price: 'Cena jednostkowa',
    discount: 'Rabat',
    tax: 'VAT',
    amount: 'Kwota',
    subtotal: 'Suma częściowa',
    net: 'Razem netto',
    taxOn: (rate, on) => `VAT ${rate} od ${on}`,
    total: 'Razem brutto',
    page: (page, of) => `Strona ${page} z ${of}`,
  },
}

import type { Mailbox } from '../../../../contract/common.ts'

const ADDRESS = /[^\s<>()[\]"',;:*|]{1,100}@[^\s<>()[\]"',;:*|@]{1,250}/gu
/** "list@x.test on behalf of Anna": it is Anna who wrote. */
const BEHALF =
  /\b(?:on behalf of|im auftrag von|de la part de|en nombre de|per conto di|namens|em nome de|w imieniu|på vegne af|på vegne av|för)\b/i
/** What a group writes behind the name that it sends for. */
const VIA = /\s+(?:via|über|tramite|przez|vía)\s+\S.*$/i

/**
 * The mailbox that the value of a From line names, as written by any mail program: `Anna <anna@x.test>`,
 * `Anna [mailto:anna@x.test]`, `anna@x.test`, `"Muster, Anna" <anna@x.test<mailto:anna@x.test>>`, `Anna (anna@x.test)`.
 * @returns the address is empty where there is only a name; `several` where it names more than one address
 */
export function mailboxIn(value: string): (Mailbox & { several: boolean }) | null {
  let text = value
    .slice(0, 500)
    .replace(/mailto:/gi, '')
    .replace(/[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}(?=\s|$)/g, '')
    .trim()
  const behalf = BEHALF.exec(text)
  if (behalf && /@/.test(text.slice(0, behalf.index)))
    text = text.slice(behalf.index + behalf[0].length).trim()
  const found = [...text.matchAll(ADDRESS)]
  const addresses = new Set(
    found.map(([address]) => clean(address)).filter((address) => /\.[^.]+$|^[^@]+@[^@.]+$/.test(address)),
  )
  if (addresses.size === 0) {
    const name = nameIn(text.replace(/[<[(].*$/s, ''))
    return name === '' ? null : { name, address: '', several: false }
  }
  const at = found[0]!.index
  const name = nameIn(text.slice(0, at).replace(/[<[(\s]+$/, ''))
  // The address in brackets is the address; one before them is part of the name.
  const bracketed = [...text.matchAll(/[<[(]\s?([^\s<>()[\]]{1,100}@[^\s<>()[\]]{1,250})/gu)].at(-1)?.[1]
  const address = clean(bracketed ?? found[0]![0])
  return { name: name.toLowerCase() === address ? '' : name, address, several: addresses.size > 1 }
}

const clean = (address: string): string => address.replace(/^[.'"]+|[.'";,:>]+$/g, '').toLowerCase()

const nameIn = (text: string): string =>
  text
    .trim()
    .replace(VIA, '')
    .replace(/^["'“”„«]+|["'“”„»]+$/g, '')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200)

const MAC = new Map([
  ['Mod', '⌘'],
  ['Shift', '⇧'],
  ['Alt', '⌥'],
  ['Enter', '↵'],
])
const OTHERS = new Map([
  ['Mod', 'Ctrl'],
  ['Up', '↑'],
  ['Down', '↓'],
  ['Left', '←'],
  ['Right', '→'],
])
const onMac = /Mac|iPhone|iPad/.test(typeof navigator === 'undefined' ? '' : navigator.userAgent)

/** The caps to draw for keys as commands write them: "g i" → [["G"], ["I"]], "Mod+k" → [["⌘", "K"]]. */
export function keyCaps(keys: string, mac = onMac): string[][] {
  return keys.split(' ').map((stroke) =>
    (stroke === '+' ? ['+'] : stroke.split('+')).map((part) => {
      const sign = (mac && MAC.get(part)) || OTHERS.get(part)
      return sign ?? (part.length === 1 ? part.toUpperCase() : part)
    }),
  )
}

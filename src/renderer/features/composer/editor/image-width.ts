/** Pixels that a picture can be wide, from hardly seen to as wide as any window. */
export const WIDTHS = { least: 16, most: 1600 }
/** A wider picture is first shown so wide: what a mail is read in seldom has more room. */
export const FIRST_WIDTH = 600

export const fitWidth = (width: number) =>
  Math.min(WIDTHS.most, Math.max(WIDTHS.least, Math.round(Number.isFinite(width) ? width : FIRST_WIDTH)))

/**
 * Plain defaults that survive every mail client, written into each element because clients drop style sheets. The
 * editor's own page (mail-editor.css in the renderer) shows the same; test/renderer/editor.e2e.test.ts compares both.
 *
 * - Lists stand by their margin: Word, by which Outlook draws, knows no padding of lists and would cut their marks off.
 * - Cells repeat the font: Word and pages without a document type do not hand it down into tables. That is most of what
 *   a table weighs, so it is said as briefly as can be.
 * - What has a background has a colour: a client in the dark would else write white on yellow.
 * @param family  the font of the whole, with those that stand in for it
 */
export const mailStyles = (family: string): string => `
  p { margin: 0 0 12px }
  h1 { margin: 0 0 12px; font-size: 22px; line-height: 1.3; font-weight: bold }
  h2 { margin: 0 0 12px; font-size: 18px; line-height: 1.3; font-weight: bold }
  h3, h4 { margin: 0 0 12px; font-size: 15px; line-height: 1.3; font-weight: bold }
  ul, ol { margin: 0 0 12px 24px; padding: 0 }
  li ul, li ol { margin-bottom: 0 }
  blockquote { margin: 0 0 12px; padding-left: 12px; border-left: 3px solid #c8ccd2; color: #555b64 }
  pre { margin: 0 0 12px; padding: 8px; background: #f4f5f7; font-family: Menlo, Consolas, monospace; font-size: 13px; white-space: pre-wrap }
  code { font-family: Menlo, Consolas, monospace; font-size: 13px }
  hr { margin: 12px 0; border: 0; border-top: 1px solid #c8ccd2; height: 0 }
  img { max-width: 100%; height: auto }
  table { margin: 0 0 12px; border-collapse: collapse }
  td, th { padding: 4px 8px; border: 1px solid #c8ccd2; font: 14px/1.45 ${family}; vertical-align: top }
  th { background-color: #f4f5f7; color: #1f2328; font-weight: bold; text-align: left }
  td p, th p { margin: 0 }
  [style*="background-color"] { color: #1f2328 }
`

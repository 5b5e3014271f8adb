/** Names of U+00A0 to U+00FF in order (HTML 4.01 section 24.2.1). */
const latin =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'

/** What else turns up in mail, with its code point in hexadecimal. */
const others =
  'amp 26 lt 3c gt 3e quot 22 apos 27 AMP 26 LT 3c GT 3e QUOT 22 Tab 9 NewLine a excl 21 num 23 dollar 24 percnt 25 lpar 28 rpar 29 ast 2a plus 2b comma 2c period 2e sol 2f colon 3a semi 3b equals 3d quest 3f commat 40 lsqb 5b bsol 5c rsqb 5d lowbar 5f grave 60 lcub 7b vert 7c verbar 7c rcub 7d OElig 152 oelig 153 Scaron 160 scaron 161 Yuml 178 Zcaron 17d zcaron 17e fnof 192 circ 2c6 tilde 2dc Alpha 391 Beta 392 Gamma 393 Delta 394 Epsilon 395 Zeta 396 Eta 397 Theta 398 Iota 399 Kappa 39a Lambda 39b Mu 39c Nu 39d Xi 39e Omicron 39f Pi 3a0 Rho 3a1 Sigma 3a3 Tau 3a4 Upsilon 3a5 Phi 3a6 Chi 3a7 Psi 3a8 Omega 3a9 alpha 3b1 beta 3b2 gamma 3b3 delta 3b4 epsilon 3b5 zeta 3b6 eta 3b7 theta 3b8 iota 3b9 kappa 3ba lambda 3bb mu 3bc nu 3bd xi 3be omicron 3bf pi 3c0 rho 3c1 sigmaf 3c2 sigma 3c3 tau 3c4 upsilon 3c5 phi 3c6 chi 3c7 psi 3c8 omega 3c9 thetasym 3d1 upsih 3d2 piv 3d6 ensp 2002 emsp 2003 thinsp 2009 zwnj 200c zwj 200d lrm 200e rlm 200f hyphen 2010 ndash 2013 mdash 2014 horbar 2015 lsquo 2018 rsquo 2019 sbquo 201a ldquo 201c rdquo 201d bdquo 201e dagger 2020 Dagger 2021 bull 2022 bullet 2022 hellip 2026 permil 2030 prime 2032 Prime 2033 lsaquo 2039 rsaquo 203a oline 203e frasl 2044 euro 20ac image 2111 weierp 2118 real 211c trade 2122 alefsym 2135 larr 2190 uarr 2191 rarr 2192 darr 2193 harr 2194 crarr 21b5 lArr 21d0 uArr 21d1 rArr 21d2 dArr 21d3 hArr 21d4 forall 2200 part 2202 exist 2203 empty 2205 nabla 2207 isin 2208 notin 2209 ni 220b prod 220f sum 2211 minus 2212 lowast 2217 radic 221a prop 221d infin 221e ang 2220 and 2227 or 2228 cap 2229 cup 222a int 222b there4 2234 sim 223c cong 2245 asymp 2248 ne 2260 equiv 2261 le 2264 ge 2265 sub 2282 sup 2283 nsub 2284 sube 2286 supe 2287 oplus 2295 otimes 2297 perp 22a5 sdot 22c5 lceil 2308 rceil 2309 lfloor 230a rfloor 230b loz 25ca spades 2660 clubs 2663 hearts 2665 diams 2666 check 2713 star 2606 starf 2605 phone 260e zwsp 200b ZeroWidthSpace 200b NoBreak 2060 abreve 103 Abreve 102 aogon 105 Aogon 104 cacute 107 Cacute 106 ccaron 10d Ccaron 10c dcaron 10f dstrok 111 Dstrok 110 ecaron 11b eogon 119 Eogon 118 gbreve 11f Gbreve 11e imath 131 Idot 130 lstrok 142 Lstrok 141 nacute 144 Nacute 143 ncaron 148 odblac 151 rcaron 159 Rcaron 158 sacute 15b Sacute 15a scedil 15f Scedil 15e tcaron 165 udblac 171 uring 16f zacute 17a Zacute 179 zdot 17c Zdot 17b'

const table = new Map<string, string>()
for (const [index, name] of latin.split(' ').entries()) table.set(name, String.fromCharCode(0xa0 + index))
const words = others.split(' ')
for (let i = 0; i < words.length; i += 2)
  table.set(words[i]!, String.fromCharCode(parseInt(words[i + 1]!, 16)))

/** Windows-1252 in the C1 range, as HTML reads numeric references there. */
const c1 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** Replaces character references by their characters; what is no known reference stays. Linear. */
export function decodeEntities(value: string): string {
  if (!value.includes('&')) return value
  return value.replace(
    /&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,7})|([A-Za-z][A-Za-z0-9]{1,20}));?/g,
    (whole, dec, hex, name) => {
      if (name !== undefined) return table.get(name) ?? whole
      const code = dec !== undefined ? Number(dec) : parseInt(hex, 16)
      if (code >= 0x80 && code <= 0x9f) return c1[code - 0x80]!
      if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
      return String.fromCodePoint(code)
    },
  )
}

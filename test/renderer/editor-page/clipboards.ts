/** What programs put on the clipboard, in their own manner; none of it is from a real document. */

export const WORD = `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta name=Generator content="Microsoft Word 15"><link rel=File-List href="file:///C:/Users/a/clip_filelist.xml">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- /* Font Definitions */ @font-face {font-family:Calibri; panose-1:2 15 5 2;} p.MsoNormal {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif; mso-fareast-language:EN-US;} @list l0:level1 {mso-level-number-format:bullet;} --></style></head>
<body lang=EN-GB link="#0563C1" style='tab-interval:36.0pt;word-wrap:break-word'><!--StartFragment-->
<h1>The plan<o:p></o:p></h1>
<p class=MsoNormal><b style='mso-bidi-font-weight:normal'><span lang=DE style='font-size:14.0pt;line-height:107%;font-family:"Comic Sans MS";color:black;mso-themecolor:text1'>Bold words</span></b><span style='mso-spacerun:yes'>  </span>and <span style='color:red'>red ones</span>, <span style='background:yellow;mso-highlight:yellow'>marked</span>.<o:p></o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>First<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;text-indent:-18.0pt;mso-list:l0 level2 lfo1'><![if !supportLists]><span style='font-family:"Courier New";mso-list:Ignore'>o<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span><![endif]>Within<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>·<span>&nbsp;</span></span><![endif]>Second<o:p></o:p></p>
<p class=MsoNormal>Then:</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span style='mso-list:Ignore'>3.<span>&nbsp;</span></span><![endif]>Third step</p>
<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'><tr style='mso-yfti-irow:0'><td width=301 valign=top style='width:225.4pt;border:solid windowtext 1.0pt'><p class=MsoNormal>Cell<o:p></o:p></p></td><td width=301 valign=top><p class=MsoNormal align=right style='text-align:right'>12</p></td></tr></table>
<v:shape id="x" type="#t"><v:imagedata src="file:///C:/a.png"/></v:shape><!--EndFragment--></body></html>`

export const EXCEL = `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta name=ProgId content=Excel.Sheet>
<style><!--table {mso-displayed-decimal-separator:"\\.";} tr {mso-height-source:auto;} td {padding-top:1px; color:black; font-size:11.0pt; font-family:Calibri, sans-serif; text-align:general; mso-number-format:General;} .xl65 {background:#1F4E79; color:white; font-weight:700; mso-pattern:black none;} .xl66 {background:yellow;} .xl67 {color:windowtext; text-align:center;}--></style></head>
<body link="#0563C1"><table border=0 cellpadding=0 cellspacing=0 width=192 style='border-collapse:collapse;width:144pt'><!--StartFragment-->
<col width=128 style='mso-width-source:userset;width:96pt'><col width=64 style='width:48pt'>
<tr height=20 style='height:15.0pt'><td height=20 class=xl65 width=128 style='height:15.0pt;width:96pt'>Product</td><td class=xl65 width=64 style='width:48pt'>Price</td></tr>
<tr height=20><td height=20 style='height:15.0pt'>Tea &amp; milk</td><td align=right x:num="4.5">4.50</td></tr>
<tr height=20><td class=xl67>Sum</td><td class=xl66 align=right>4.50</td></tr><!--EndFragment--></table></body></html>`

export const GOOGLE_SHEETS = `<meta charset='utf-8'><google-sheets-html-origin><style type="text/css"><!--td {border: 1px solid #cccccc;}br {mso-data-placement:same-cell;}--></style><table xmlns="http://www.w3.org/1999/xhtml" cellspacing="0" cellpadding="0" dir="ltr" border="1" style="table-layout:fixed;font-size:10pt;font-family:Arial;width:0px;border-collapse:collapse;border:none" data-sheets-root="1"><colgroup><col width="100"/><col width="150"/></colgroup><tbody><tr style="height:21px;"><td style="overflow:hidden;padding:2px 3px;vertical-align:bottom;background-color:#fce5cd;font-weight:bold;" data-sheets-value="{&quot;1&quot;:2}">Name</td><td style="overflow:hidden;background-color:#fce5cd;text-align:center;">Sum</td></tr><tr><td style="overflow:hidden;">Ada</td><td style="text-align:right;color:#ff0000" data-sheets-numberformat="{}">-12</td></tr><tr><td colspan="2" rowspan="1">both</td></tr></tbody></table>`

export const LIBRE_OFFICE = `<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"/><meta name="generator" content="LibreOffice 7.4"/><style type="text/css">body,div,table,thead,tbody,tfoot,tr,th,td,p { font-family:"Liberation Sans"; font-size:x-small }</style></head><body><table cellspacing="0" border="0"><colgroup span="2" width="85"></colgroup><tr><td height="17" align="left" bgcolor="#FFFF00"><b><font face="Liberation Sans" size=2 color="#000000">Item</font></b></td><td align="right" sdval="5" sdnum="1033;">5</td></tr><tr><td height="17" align="left"><br></td><td align="right" valign=bottom>7</td></tr></table></body></html>`

export const GOOGLE_DOCS = `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr" style="line-height:1.38;margin-top:0pt;"><span style="font-size:11pt;font-family:Arial,sans-serif;color:#000000;background-color:transparent;font-weight:400;white-space:pre-wrap;">Plain and </span><span style="font-size:11pt;color:#000000;font-weight:700;">bold</span></p><ul style="padding-inline-start:48px;"><li dir="ltr" style="list-style-type:disc;" aria-level="1"><p dir="ltr" role="presentation"><span>one</span></p></li><ul><li aria-level="2"><p><span style="font-style:italic">deeper</span></p></li></ul><li aria-level="1"><p><span style="text-decoration:underline">two</span></p></li></ul></b>`

export const WEB_PAGE = `<meta charset='utf-8'><div class="post" id="main" style="color: rgb(33, 37, 41); font-family: -apple-system, &quot;Segoe UI&quot;; font-size: 16px; background-color: rgb(255, 255, 255); text-align: start;"><h4 style="margin: 0px; font-weight: 500;">A heading</h4><p style="color: rgb(33, 37, 41);">See <a href="https://example.org/a?b=1&amp;c=2" class="btn" target="_blank" ping="https://evil.test/p" style="color: rgb(13, 110, 253);">the page</a> and <code class="language-x">run()</code>.</p><form action="https://evil.test"><input value="secret"><button>Go</button></form><table role="presentation"><tr><td><div>Laid out</div></td></tr></table><img src="https://tracker.test/p.gif" width="1" height="1"><img src="https://pictures.test/cat.jpg" alt="cat"></div>`

export const CODE_EDITOR = `<meta charset='utf-8'><div style="color: #d4d4d4;background-color: #1e1e1e;font-family: Consolas, 'Courier New', monospace;font-weight: normal;font-size: 14px;line-height: 19px;white-space: pre;"><div><span style="color: #569cd6;">const</span><span> x = </span><span style="color: #b5cea8;">1</span></div><br><div><span>&nbsp;&nbsp;run(x &lt; 2)</span></div></div>`

/** Each of these sets `ran`, or loads something, where it is let. */
export const HOSTILE: readonly string[] = [
  '<img src=x onerror="window.ran=1">',
  '<svg onload="window.ran=2"><script>window.ran=3</script></svg>',
  '<script>window.ran=4</script><p>a</p>',
  '<iframe srcdoc="<script>parent.ran=5</script>"></iframe>',
  '<a href="javascript:window.ran=6">click</a>',
  '<a href="java&#10;script:window.ran=7">click</a>',
  '<math><mtext><table><mglyph><style><img src=x onerror="window.ran=8"></style></mglyph></table></mtext></math>',
  '<p style="background:url(https://evil.test/a);color:red;font-family:\'x\';width:expression(window.ran=9)">a</p>',
  '<table background="https://evil.test/b"><tr><td background="https://evil.test/c" onclick="window.ran=10" style="background-image:url(https://evil.test/d)">a</td><td>b</td></tr></table>',
  '<!--[if gte mso 9]><img src=x onerror="window.ran=11"><![endif]--><![if !mso]><img src=x onerror="window.ran=12"><![endif]>',
  '<div data-pm-slice="0 0 []"><p style="color:red;background:url(https://evil.test/e)"><span style="font-family:a;}*{background:url(https://evil.test/f)">x</span><img src="cid:a" onerror="window.ran=13"></p></div>',
  '<link rel=stylesheet href="https://evil.test/g.css"><style>@import "https://evil.test/h.css";.xl1{background:url(https://evil.test/i);color:red}</style><table><tr><td class=xl1>a</td><td>b</td></tr></table>',
  '<p><input autofocus onfocus="window.ran=14"><video src="https://evil.test/j" poster="https://evil.test/k" onerror="window.ran=15"></video><object data="https://evil.test/l"></object></p>',
  '<base href="https://evil.test/"><meta http-equiv=refresh content="0;url=https://evil.test/"><a href="m">relative</a>',
  '<noscript><p title="</noscript><img src=x onerror=window.ran=16>">',
  '<template><img src=x onerror="window.ran=17"></template><textarea><img src=x onerror="window.ran=18"></textarea>',
  '<img src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22 onload=%22window.ran=19%22/>" srcset="https://evil.test/n 2x">',
  `${'<div>'.repeat(3000)}<b onclick="window.ran=20">deep</b>`,
  `<span style="color:#f00${';color:#f00'.repeat(5000)}">long</span>`,
  '<p style="mso-list:l0 level99 lfo1"><span style="mso-list:Ignore"><img src=x onerror="window.ran=21"></span>item</p>',
]

/**
 * Letters of other scripts that are read as Latin ones, by the Latin letter. After Unicode's confusables.txt (Unicode
 * License v3), letters only, without those that NFKD already takes apart; with Greek and Cyrillic ones that people use
 * for their looks. What is sent as text by people who write in those scripts is garbled by this: it is for finding words
 * only.
 */
export const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'ɑʌΑΛαАаᎪᗅ∆ꓮ𐊠𖽀',
  b: 'ƄΒβВЬвᏏᏴᑲᖯᗷꓐꞴ𐊂𐊡𐌁',
  c: 'СсᏟᴄⲤⲥꓚꮯ𐊢𐌂𐐕𐐽𐔜',
  d: 'ðԁᎠᏧᑯᗞᗪꓒꓓ',
  e: 'əɛΕЕеєҽᎬⴹꓰꬲ𐊆𑢦𑢮',
  f: 'ϜքᖴẝꓝꞘꞙꬵ𐊇𐊥𐔥𑢢𑣂',
  g: 'ƍɡԌցᏀᏳᶃꓖ',
  h: 'ΗНңһӊհᎻᏂᕼⲎꓧ𐋏',
  i: 'ıɩɪιіӏᎥꙇꭵ𑣃',
  j: 'ͿϳЈјᎫᒍꓙꞲ',
  k: 'ΚκКкᏦᛕⲔꓗ𐔘',
  l: 'łƖǀΙІӀᏞᒪᛁⲒⳐⵏꓡꓲ𐊊𐌉𐐛𐔦𑢣𑢲𖼖𖼨',
  m: 'ΜϺМмᎷᗰᛖⲘꓟ𐊰𐌑',
  n: 'ΝηипոռⲚꓠ𐔓',
  o: 'øΘΟθοσОофӨөՕօଠഠဝჿዐᴏᴑⲞⲟⵔꓳꬽ𐊒𐊫𐐄𐐬𐓂𐓪𐔖𑢵𑣈𑣗',
  p: 'þΡρРрᏢᑭⲢⲣꓑ𐊕',
  q: 'ԛգզⵕ',
  r: 'ƦгяᎡᏒᖇᴦⲅꓣꭇꭈꮁ𐒴𖼵',
  s: 'ƽЅѕՏᏕᏚꓢꜱꮪ𐊖𐐠𐑈𑣁𖼺',
  t: 'ΤτТтᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊',
  u: 'ʋμυՍսሀᑌᴜꓴꞟꭎꭒ𐓎𐓶𑢸𑣘𖽂',
  v: 'νѴѵᏙᐯᴠⴸꓦꛟꮩ𐔝𑜆𑢠𑣀𖼈',
  w: 'ɯωшщѡԜԝաᎳᏔᴡꓪꮃ𑜊𑜎𑜏',
  x: 'ΧχХхᕁᕽᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐔧',
  y: 'ƴɣʏΥγУуҮүყᎩᎽᶌỿⲨꓬꭚ𐊲𑢤𑣜𖽃',
  z: 'ΖᏃᴢꓜꮓ𑢩𑣄',
}

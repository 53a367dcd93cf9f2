/**
 * How much likelier two letters follow each other in words than in random text, in half bits from -8 (`a`) to 8
 * (`q`): 26 rows for the first letter, 26 columns for the second. Made by scripts/letter-pairs.mjs from words of some
 * forty languages.
 */
export const LETTER_PAIRS =
  'kkjlhikimjkomqijepnmkjgdjj' +
  'mccalaaflbbgaakaalebjceafa' +
  'laeckbamlcgcbbkbageehaaacd' +
  'mabflaadmgdcbelaafiahacaei' +
  'kijkidlekgkmkohhdoomhhfehj' +
  'iaaagdeaiaadaagbakabfaaaaa' +
  'mbbbjafgkfdfadkaajdclfeafa' +
  'laadlaaajbccdajaagdiibdaba' +
  'okljnejdgllmjpjiempmhiedji' +
  'macciaaaiacacchbaaieiaaaaa' +
  'nabakaafnbeffalaajhikedaia' +
  'ogdimahcofekddlaaaihjddafb' +
  'oldambbflbaceakcaagbgaaaea' +
  'ofinnbmfoggffhmbdankifabif' +
  'ihighegbheimlogganljjjfbfg' +
  'laaajaaejaaaacjeahffibaaca' +
  'faaaaaaadaacaacaaaaahbaaaa' +
  'oihjncjcocihiimdcjkkmggbhf' +
  'mdlfnaaknfojdfkhcginkhgagh' +
  'oaecmbaincbecglcakkglecdhc' +
  'liejicidjfhjimegbmkifgedeh' +
  'laaalaaakbaaacgaafeadaaada' +
  'jaaaiaaahaabaceaaddaaaaada' +
  'caaafaadfaaaaacaaaaabaaaaa' +
  'laeehaeaffdddfedafhgfaaaac' +
  'keabjaadkccdadgaabfdfabadb'

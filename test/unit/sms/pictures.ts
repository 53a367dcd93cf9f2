/** Pictures of one pixel, with what cameras and programs write into them. */

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex')

/** Stands for all that nobody should get with a picture. */
export const SECRET = 'GPS 40.7128 N 74.0060 W, Ana’s phone'

function segment(marker: number, content: Buffer | string): Buffer {
  const body = Buffer.from(content)
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

const JFIF = segment(0xe0, hex('4a46494600 0101 00 0001 0001 0000'))
const SCAN = Buffer.concat([
  segment(0xdb, Buffer.alloc(65, 1)),
  segment(0xc0, hex('08 0001 0001 01 01 11 00')),
  segment(0xda, hex('01 01 00 00 3f 00')),
  // What is scanned holds stuffed zeros and restart markers.
  hex('a5 ff00 3c ffd0 7f'),
])
const [START, END] = [hex('ffd8'), hex('ffd9')]

export const JPEG = {
  whole: Buffer.concat([
    START,
    JFIF,
    segment(0xe1, `Exif\0\0${SECRET}`),
    segment(0xe2, `ICC_PROFILE\0${SECRET}`),
    segment(0xed, `Photoshop 3.0\0${SECRET}`),
    segment(0xfe, SECRET),
    SCAN,
    END,
    Buffer.from(SECRET),
  ]),
  bare: Buffer.concat([START, JFIF, SCAN, END]),
}

function chunk(name: string, content: Buffer | string): Buffer {
  const body = Buffer.from(content)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  // Nobody looks at sums that a decoder checks.
  return Buffer.concat([length, Buffer.from(name), body, Buffer.alloc(4, 7)])
}

const MAGIC = hex('89504e470d0a1a0a')
const SHOWN = [
  chunk('IHDR', hex('00000001 00000001 08 02 00 00 00')),
  chunk('IDAT', Buffer.alloc(12, 3)),
  chunk('IEND', ''),
] as const

export const PNG = {
  whole: Buffer.concat([
    MAGIC,
    SHOWN[0],
    chunk('tEXt', `Comment\0${SECRET}`),
    chunk('eXIf', SECRET),
    chunk('tIME', Buffer.alloc(7)),
    SHOWN[1],
    chunk('zTXt', SECRET),
    chunk('prVt', SECRET),
    SHOWN[2],
    Buffer.from(SECRET),
  ]),
  bare: Buffer.concat([MAGIC, ...SHOWN]),
}

const blocks = (...texts: (Buffer | string)[]): Buffer =>
  Buffer.concat([
    ...texts.map((text) => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)])),
    hex('00'),
  ])
const SCREEN = Buffer.concat([Buffer.from('GIF89a'), hex('0100 0100 80 00 00'), Buffer.alloc(6, 9)])
const LOOP = Buffer.concat([hex('21ff'), blocks('NETSCAPE2.0', hex('010000'))])
const FRAME = Buffer.concat([
  hex('21f9 04 00 0a00 00 00'),
  hex('2c 0000 0000 0100 0100 00'),
  hex('02'),
  blocks(hex('4401')),
])

export const GIF = {
  whole: Buffer.concat([
    SCREEN,
    hex('21fe'),
    blocks(SECRET),
    LOOP,
    hex('21ff'),
    blocks('XMP DataXMP', SECRET),
    FRAME,
    hex('3b'),
    Buffer.from(SECRET),
  ]),
  bare: Buffer.concat([SCREEN, LOOP, FRAME, hex('3b')]),
}

import * as fc from 'fast-check'

/** Any UTF-16 units, halves of characters and control characters among them; often ASCII, so that some of it is read. */
export function anyText(maxLength = 40): fc.Arbitrary<string> {
  const unit = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 0x9f }) },
    { weight: 1, arbitrary: fc.integer({ min: 0xd800, max: 0xdfff }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
  )
  return fc.array(unit, { maxLength }).map((units) => String.fromCharCode(...units))
}

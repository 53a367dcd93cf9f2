import { describe, expect, it } from 'vitest'
import { sha256, sign, uriEncode } from '../../../../server/backup/s3/sign.ts'

/** The examples of docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, with what they give there. */
const CREDENTIALS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const WHEN = { region: 'us-east-1', time: Date.UTC(2013, 4, 24) }
const HOST = 'https://examplebucket.s3.amazonaws.com'

const EXAMPLES: {
  name: string
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
  signature: string
}[] = [
  {
    name: 'a part of an object',
    method: 'GET',
    path: '/test.txt',
    headers: { range: 'bytes=0-9' },
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    name: 'an object that is written',
    method: 'PUT',
    path: `/${uriEncode('test$file.text')}`,
    headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    body: 'Welcome to Amazon S3.',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    name: 'a query without a value',
    method: 'GET',
    path: '/?lifecycle',
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    name: 'a list',
    method: 'GET',
    path: '/?max-keys=2&prefix=J',
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
]

describe('signatures for S3', () => {
  it.each(EXAMPLES)('R4.6b are those of the examples of its documentation: $name', (example) => {
    const { method, path, headers = {}, body = '', signature } = example
    const request = { method, url: new URL(HOST + path), headers, sha256: sha256(body) }
    expect(sign(request, CREDENTIALS, WHEN)['authorization']).toMatch(new RegExp(`,Signature=${signature}$`))
  })

  it('sign the order of a query by its encoded bytes, and credentials that are lent', () => {
    const request = (query: string) => ({
      method: 'GET',
      url: new URL(`${HOST}/?${query}`),
      headers: {},
      sha256: sha256(''),
    })
    const one = sign(request('prefix=a%2Fb%20c&delimiter=%2F'), CREDENTIALS, WHEN)
    expect(sign(request('delimiter=%2F&prefix=a%2Fb%20c'), CREDENTIALS, WHEN)).toEqual(one)
    const lent = sign(
      request('prefix=a%2Fb%20c&delimiter=%2F'),
      { ...CREDENTIALS, sessionToken: 'token' },
      WHEN,
    )
    expect(lent['x-amz-security-token']).toBe('token')
    expect(lent['authorization']).toContain(
      'SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,',
    )
    expect(uriEncode("a/b c!'()*~-_.é")).toBe('a%2Fb%20c%21%27%28%29%2A~-_.%C3%A9')
  })
})

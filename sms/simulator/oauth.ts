import { ApiError, type Call, type Reply } from './reply.ts'
import type { World } from './world.ts'

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

export interface OAuth {
  /** Who a token request counts for; throws ApiError unless its credentials are those of the application. */
  clientOf(call: Call): string
  token(call: Call): Reply
  revoke(call: Call): Reply
  /** Who sends a request; throws ApiError where its token says nobody. */
  userOf(call: Call): string
  /** All tokens run out now. */
  expireAll(): void
}

/** Access by JWT (RFC 7523). A JWT is a credential for this alone and never an access token. */
export function createOAuth({ settings, clock, random }: World): OAuth {
  const tokens = new Map<string, { until: number }>()
  return {
    clientOf({ headers }) {
      const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ')
      const given = Buffer.from(credentials, 'base64').toString('utf8')
      if (scheme.toLowerCase() === 'basic' && given === `${settings.clientId}:${settings.clientSecret}`) {
        return settings.clientId
      }
      throw new ApiError(401, 'OAU-146', 'Client authentication is required')
    },
    token(call) {
      const form = new URLSearchParams(call.body.toString('utf8'))
      if (form.get('grant_type') !== JWT_GRANT) {
        throw new ApiError(403, 'OAU-112', 'Client application is not authorized for the grant type')
      }
      if (form.get('assertion') !== settings.jwt) {
        throw new ApiError(400, 'OAU-140', 'Resource owner credentials are invalid')
      }
      const token = `SIM${random.hex(40)}`
      tokens.set(token, { until: clock.now() + settings.tokenSeconds * 1000 })
      return {
        status: 200,
        json: {
          access_token: token,
          token_type: 'bearer',
          expires_in: settings.tokenSeconds,
          scope: settings.scopes.join(' '),
          owner_id: settings.extensionId,
          endpoint_id: random.hex(22),
          session_id: random.digits(12),
        },
      }
    },
    revoke({ body }) {
      tokens.delete(new URLSearchParams(body.toString('utf8')).get('token') ?? '')
      return { status: 200 }
    },
    userOf({ headers }) {
      const [, token = ''] = /^bearer (.+)$/i.exec(headers.authorization ?? '') ?? []
      if (token === '') throw new ApiError(401, 'OAU-129', 'Access token is missing')
      if (token.split('.').length === 3) throw new ApiError(401, 'OAU-149', 'Unparsable access token')
      const known = tokens.get(token)
      if (!known) throw new ApiError(401, 'OAU-213', 'Token is not found')
      if (clock.now() >= known.until) throw new ApiError(401, 'OAU-128', 'Access token is expired')
      return settings.extensionId
    },
    expireAll() {
      for (const token of tokens.values()) token.until = 0
    },
  }
}

import type { NextFunction, Request, RequestHandler, Response } from 'express'
import helmet from 'helmet'
import { UserError } from '../errors.ts'

/**
 * Headers of every page and answer of the application. Scripts and styles come from this server alone, nothing is
 * inline, nothing can be framed, and markup cannot be made from text.
 */
export function securityHeaders(options: { https: boolean }): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        // The banner of a policy that is being edited.
        frameSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
      },
    },
    // Over plain http the header would be ignored; behind TLS it must not be forgotten.
    strictTransportSecurity: options.https ? { maxAge: 63_072_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    xPoweredBy: true,
  })
}

/** Lets pages of these origins frame this one answer; all else that `securityHeaders` says stays. */
export function allowFraming(response: Response, origins: readonly string[]): void {
  const policy = String(response.getHeader('content-security-policy') ?? '')
  response.set({
    'content-security-policy': policy.replace(
      /frame-ancestors [^;]*/,
      () => `frame-ancestors ${origins.join(' ')}`,
    ),
    // A page that isolates itself asks for it.
    'cross-origin-resource-policy': 'cross-origin',
  })
  // It knows no list of hosts, and browsers that know `frame-ancestors` pass it over.
  response.removeHeader('x-frame-options')
}

/**
 * Refuses a state-changing or answering request that another site's page makes with the visitor's session. Browsers
 * tell by Sec-Fetch-Site; older ones by Origin. Requests without either do not come from a page.
 */
export function sameOriginOnly(request: Request, _response: Response, next: NextFunction): void {
  const site = request.headers['sec-fetch-site']
  const { origin, host } = request.headers
  const foreign =
    site !== undefined
      ? site !== 'same-origin' && site !== 'none'
      : origin !== undefined && hostOf(origin) !== host
  next(foreign ? new UserError('This address answers pages of its own host only.', 403) : undefined)
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

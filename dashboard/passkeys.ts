/** The browser's half of WebAuthn (Level 3): options and answers as JSON, binary fields in it as base64url. */
import type { Api, Reply } from './api.ts'

/** What the browser answered, as the server takes it. */
export type Passkey = object

/** Asks the server what to sign, and the reader for a passkey. `none`: the sentence for a reader who shows none. */
export async function showPasskey(
  api: Pick<Api, 'send'>,
  path: 'api/sign-in/ask' | 'api/session/ask',
  none: string,
): Promise<Reply<Passkey>> {
  const asked = await api.send<PublicKeyCredentialRequestOptionsJSON>('POST', path, {}, true)
  if (!asked.ok) return asked
  return answered(() => navigator.credentials.get({ publicKey: requestOf(asked.value) }), asked.now, none)
}

/** Asks the server what for, and the reader to make a passkey. `none` as above. */
export async function makePasskey(
  api: Pick<Api, 'send'>,
  ask: { path: 'api/passkeys/ask' | 'api/set-up/ask'; given: object },
  none: string,
): Promise<Reply<Passkey>> {
  const asked = await api.send<PublicKeyCredentialCreationOptionsJSON>('POST', ask.path, ask.given, true)
  if (!asked.ok) return asked
  return answered(() => navigator.credentials.create({ publicKey: creationOf(asked.value) }), asked.now, none)
}

async function answered(
  ask: () => Promise<Credential | null>,
  now: number,
  none: string,
): Promise<Reply<Passkey>> {
  const refused: Reply<Passkey> = { ok: false, failure: { kind: 'refused', status: 0, message: none } }
  try {
    const credential = await ask()
    return credential instanceof PublicKeyCredential
      ? { ok: true, value: answerOf(credential), now }
      : refused
  } catch {
    // Closed, timed out, or nothing there that fits: browsers do not tell which, so that pages learn nothing.
    return refused
  }
}

// Chrome before 129, Firefox before 119 and Safari before 18.4 know nothing of JSON: what follows stands in for them.

function requestOf(json: PublicKeyCredentialRequestOptionsJSON): PublicKeyCredentialRequestOptions {
  if ('parseRequestOptionsFromJSON' in PublicKeyCredential) {
    return PublicKeyCredential.parseRequestOptionsFromJSON(json)
  }
  const { challenge, rpId, timeout, allowCredentials = [] } = json
  return {
    challenge: bytesOf(challenge),
    allowCredentials: allowCredentials.map(({ id }) => ({ type: 'public-key', id: bytesOf(id) })),
    userVerification: 'required',
    ...(rpId !== undefined && { rpId }),
    ...(timeout !== undefined && { timeout }),
  }
}

function creationOf(json: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions {
  if ('parseCreationOptionsFromJSON' in PublicKeyCredential) {
    return PublicKeyCredential.parseCreationOptionsFromJSON(json)
  }
  const { challenge, rp, user, pubKeyCredParams, timeout, excludeCredentials = [] } = json
  return {
    challenge: bytesOf(challenge),
    rp,
    user: { ...user, id: bytesOf(user.id) },
    pubKeyCredParams,
    excludeCredentials: excludeCredentials.map(({ id }) => ({ type: 'public-key', id: bytesOf(id) })),
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    ...(timeout !== undefined && { timeout }),
  }
}

function answerOf(credential: PublicKeyCredential): Passkey {
  if ('toJSON' in credential) return credential.toJSON()
  const { id, type, response } = credential
  const fields = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature']
  const bytes = response as unknown as Record<string, ArrayBuffer | undefined>
  return {
    id,
    rawId: id,
    type,
    response: Object.fromEntries(
      fields.flatMap((field) => (bytes[field] ? [[field, textOf(bytes[field])]] : [])),
    ),
  }
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const bytes = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))
}

function textOf(buffer: ArrayBuffer): string {
  const bytes = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Reply } from '../api.ts'
import { canUsePasskeys } from '../can-use-passkeys.ts'
import { useSurroundings } from '../context.ts'
import { showPasskey } from '../passkeys.ts'
import { CodeField } from '../views/field.tsx'
import { sentenceOf } from '../views/notice.tsx'
import type { Factor } from './api.ts'
import { useSettings } from './context.ts'

export interface UsedFactor {
  /** Stands in a form. */
  factorField: ComponentChildren
  /** Sends what takes the second factor that was shown. */
  spend: <T>(send: (factor: Factor) => Promise<Reply<T>>) => Promise<Reply<T>>
}

/** Asks for the second factor: a code, or a passkey where the reader has one. */
export function useFactor(): UsedFactor {
  const [factor, setFactor] = useState<Factor>({ code: '' })
  return {
    factorField: <FactorField factor={factor} change={setFactor} />,
    spend: async (send) => {
      const reply = await send(factor)
      // A passkey is shown for one try; a code that was wrong stays to be mended.
      if (reply.ok || 'passkey' in factor) setFactor({ code: '' })
      return reply
    },
  }
}

function FactorField({ factor, change }: { factor: Factor; change: (factor: Factor) => void }) {
  const { api, text } = useSurroundings()
  const { words, passkeys } = useSettings()
  const [fault, setFault] = useState<string>()
  const shown = useRef<HTMLParagraphElement>(null)

  // Whoever has shown it has nothing left to do.
  useEffect(() => {
    if ('passkey' in factor) shown.current?.closest('form')?.requestSubmit()
  }, [factor])

  async function show() {
    const reply = await showPasskey(api, 'api/session/ask', text.passkey.none)
    setFault(reply.ok ? undefined : sentenceOf(reply.failure, text))
    if (reply.ok) change({ passkey: reply.value })
  }

  if ('passkey' in factor) {
    return (
      <p ref={shown} role="status">
        {words.passkeys.shown}
      </p>
    )
  }
  return (
    <>
      <CodeField value={factor.code} change={(code) => change({ code })} />
      {passkeys > 0 && canUsePasskeys() && (
        <button type="button" class="button" onClick={() => void show()}>
          {words.passkeys.show}
        </button>
      )}
      <p class="fault" role="alert">
        {fault}
      </p>
    </>
  )
}

import { z } from 'zod'
import type { DescribedRoute } from './described-route.ts'

/** What is said of the webhook. What it takes is RingCentral's; it is read field by field, and more may be in it. */
export const SMS_HOOK_ROUTES: Readonly<Record<string, DescribedRoute>> = {
  'POST /sms/webhooks/ringcentral/:secret': {
    summary:
      'Takes what RingCentral tells; only it knows the address, and the token in Verification-Token. Without a body it echoes Validation-Token',
    tag: 'sms',
    by: 'anybody',
    body: z.looseObject({
      uuid: z.string(),
      event: z.string().describe('which of the events subscribed to it is'),
      timestamp: z.string().optional(),
      subscriptionId: z.string().optional(),
      body: z.unknown(),
    }),
    answer:
      'nothing: it is taken afterwards. 400 for what is no event, 401 without the token, 404 at another address',
    answered: z.null(),
  },
}

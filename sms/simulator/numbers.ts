import { ApiError, type Call, type Reply } from './reply.ts'
import { isTollFree, type OwnNumber, type World } from './world.ts'
import type { JsonObject } from './json.ts'

/** The numbers of the extension, and how each is registered. */
export function createNumbers({ numbers, settings }: World): {
  list(call: Call): Reply
  configuration(call: Call): Reply
} {
  return {
    list({ path }) {
      const records = [...numbers.values()].filter(({ isForeign }) => !isForeign)
      return {
        status: 200,
        json: {
          uri: path,
          records: records.map((number) => describe(number, settings.extensionId)),
          paging: { page: 1, perPage: 100, totalPages: 1, totalElements: records.length },
        },
      }
    },
    configuration({ params }) {
      const number = [...numbers.values()].find(
        ({ id, isForeign }) => String(id) === params['number'] && !isForeign,
      )
      if (!number) throw new ApiError(404, 'CMN-102', 'Resource for parameter [phoneNumberId] is not found')
      return { status: 200, json: configurationOf(number) }
    },
  }
}

function describe(number: OwnNumber & { id: bigint }, extension: string): JsonObject {
  return {
    id: number.id,
    phoneNumber: number.number,
    type: 'VoiceFax',
    usageType: 'DirectNumber',
    paymentType: isTollFree(number.number) ? 'TollFree' : 'Local',
    status: 'Normal',
    primary: false,
    features: ['CallerId', ...number.features],
    extension: { id: BigInt(extension) },
  }
}

function configurationOf(number: OwnNumber & { id: bigint }): JsonObject {
  return {
    smsCampaignInfo: {
      id: `C${number.id}`,
      externalId: `CX${number.id}`,
      status: number.campaign,
      registrationTier: 'LowVolume',
      useCases: number.useCases,
      coverageType: 'PhoneNumber',
      consentSettings: { optInRequired: true, coverage: { type: 'PhoneNumber' } },
    },
    smsBrandInfo: { id: `B${number.id}`, status: 'Confirmed' },
  }
}

import type { SmsParts } from '../parts.ts'
import { readPicture, type PictureType } from '../picture.ts'
import type { KnownPicture } from '../store/media.ts'
import { refused, type Refused } from './refused.ts'

export interface MediaDesk {
  /** Keeps a picture for messages of a site, without what does not show of it (picture.ts). */
  addPicture(siteId: number, file: Uint8Array): Promise<KnownPicture | Refused>
  picture(
    siteId: number,
    id: string,
  ): Promise<{ readonly type: PictureType; readonly content: Uint8Array } | Refused>
}

export function createMediaDesk({ store, media }: SmsParts): MediaDesk {
  return {
    addPicture: async (siteId, file) => {
      const read = readPicture(file)
      if ('fault' in read) return refused(read.fault === 'too-large' ? 413 : 422, FAULTS[read.fault])
      return store.transaction((transaction) => media.add(transaction, { siteId, ...read }))
    },
    picture: async (siteId, id) => {
      const read = await media.read(store.db, id)
      return read?.siteId === siteId ? read : refused(404, 'The site has no picture with this id.')
    },
  }
}

const FAULTS = {
  empty: 'The picture is empty: send its bytes.',
  'too-large': 'The picture is larger than 1.5 MB, which is the most a message carries: make it smaller.',
  'not-a-picture': 'Messages carry JPEG, PNG and GIF: send a picture of these.',
  'cut-off': 'The picture is cut off or damaged: save it anew and send that.',
} as const

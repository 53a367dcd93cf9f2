import { openStore, type Store, type StoreOptions } from './open.ts'

/** Opens the store for a server, says in it that one runs, and warns where another one does. Throws as openStore does. */
export async function openStoreOfServer(options: StoreOptions): Promise<Store> {
  const store = await openStore(options)
  try {
    await store.serve()
    if ((await store.servers()) > 1) {
      options.log.warn(
        {},
        'another server uses this store: each knows a visitor by a key of its own, and the master key cannot be replaced while both run',
      )
    }
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

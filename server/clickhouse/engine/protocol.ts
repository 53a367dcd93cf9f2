export interface Credentials {
  readonly username: string
  readonly password: string
}

/** Who may use the engine. */
export interface Users {
  /** SELECT only, with `readonly=1` and limits. */
  readonly reader: Credentials
  /**
   * Everything; statements that change something run one after the other, in the order they came. Those that work on
   * rows which are there already have a line of their own beside it.
   */
  readonly writer: Credentials
}

/** What the supervisor says to the engine process first, as one line of JSON on its standard input. */
export interface EngineStart {
  readonly port: number
  readonly users: Users
}

/** What the engine process says, as lines of JSON on descriptor 3. */
export type EngineReport =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'failed'
      /** locked: another process has the folder; port: it is taken; missing: chdb is not installed here. */
      readonly reason: 'locked' | 'port' | 'missing' | 'other'
      readonly message: string
    }

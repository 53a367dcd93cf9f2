/** What `GET /api/status` answers: how what was accepted gets into the numbers. Counts are since the server's start. */
export interface PipelineStatus {
  /** ISO time up to which accepted events are in the answers. */
  freshness: string
  spool: {
    /** Whether events are taken now. */
    accepts: boolean
    /** On the disk, with what is pre-allocated. */
    bytes: number
    /** Accepted events that the table does not hold yet. */
    waiting: number
    /** Records that could not be read again: lost after they were accepted. */
    lost: number
  }
  loader: {
    /** Rows that the database refuses and that were set aside: `sluice dead-letter list`. */
    deadLetters: number
    /** Rows found twice in the table; sealing the day takes them out. */
    twice: number
  }
  rollups: {
    /** Days. */
    sealed: number
    /** Days that are over and not sealed yet. */
    waiting: number
    /** Times that sealing, removing or checking failed. */
    failures: number
    /** Sealed days that were computed again and compared, and rows that were different. */
    audits: number
    differences: number
  }
  /** All traffic comes from one address: a proxy that is not trusted would count all visitors as one. */
  sharedAddress: boolean
}

import { totalmem } from 'node:os'

const MIB = 2 ** 20

/** Largest request body, unpacked: 50,000 rows of the widest events are below a quarter of it. */
export const MAX_BODY_BYTES = 64 * MIB

/** Reads that run side by side; the others wait in order. */
export const READ_WIDTH = 6
/** Questions of the writer about its own batches, and KILL QUERY. */
export const ASIDE_WIDTH = 2
/** Statements that may wait in one lane before callers are sent away. */
export const MAX_WAITING = 256

/**
 * What a reader's query may cost. The engine sets these itself, so that a caller can ask for less, never for more.
 * Of a ClickHouse server the same is asked, but for the memory: how much it has is its owner's to know.
 */
export const READ_LIMITS = {
  max_execution_time: 30,
  max_memory_usage: Math.min(4096, Math.max(512, Math.floor(totalmem() / MIB / 4))) * MIB,
  max_result_rows: 1_000_000,
  max_result_bytes: 128 * MIB,
}

/**
 * Engine-wide configuration, as command line overrides. The defaults are those of a big server: marks and primary keys
 * alone may take 10 GiB, the whole engine nine tenths of the machine.
 */
export const ENGINE_CONFIGURATION: readonly string[] = Object.entries({
  max_server_memory_usage_to_ram_ratio: 0.5,
  // Start-up reads the parts of every day; more threads only wait for each other (1.4 s of CPU, not 1.8, for 25 months).
  max_active_parts_loading_thread_pool_size: 4,
  mark_cache_size: 64 * MIB,
  primary_index_cache_size: 64 * MIB,
  index_mark_cache_size: 16 * MIB,
  query_condition_cache_size: 16 * MIB,
  parquet_metadata_cache_size: 0,
  iceberg_metadata_files_cache_size: 0,
  vector_similarity_index_cache_size: 0,
  text_index_tokens_cache_size: 0,
  text_index_header_cache_size: 0,
  text_index_postings_cache_size: 0,
}).map(([name, value]) => `--${name}=${value}`)

import assert from 'node:assert/strict'
import { MemoryDatastore } from 'datastore-core'
import { Key } from 'interface-datastore'
import { settle } from '../../support/manual-clock.ts'
import type { Batch } from 'interface-datastore'

/** As LevelDB: what is written behind a torn record is read until the log is opened again, and lost then. */
export class TornLog extends MemoryDatastore {
  full = false
  readonly kept = new Map<string, Uint8Array | null>()
  #torn = false
  #writing = false

  override batch(): Batch {
    const changes: Array<[Key, Uint8Array | null]> = []

    return {
      put: (key, value) => changes.push([key, value]),
      delete: (key) => changes.push([key, null]),
      commit: async () => {
        assert.equal(this.#writing, false, 'a write began before the last one had ended')
        this.#writing = true
        await settle()
        this.#writing = false

        if (this.full) {
          this.#torn = true
          throw new Error('no space left on device')
        }

        for (const [key, value] of changes) {
          await (value == null ? this.delete(key) : this.put(key, value))

          if (!this.#torn) {
            this.kept.set(key.toString(), value)
          }
        }
      }
    }
  }

  async reopen(): Promise<void> {
    await settle()

    if (this.full) {
      throw new Error('no space left on device')
    }

    this.#torn = false
  }

  /** What a process that starts after this one finds. */
  async restarted(): Promise<TornLog> {
    const disk = new TornLog()

    for (const [key, value] of this.kept) {
      disk.kept.set(key, value)

      if (value != null) {
        await disk.put(new Key(key), value)
      }
    }

    return disk
  }
}

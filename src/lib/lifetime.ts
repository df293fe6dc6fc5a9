import { AbortError, setMaxListeners } from '@libp2p/interface'

/** The time from `start` to `stop` of something that may be started again. What runs in it takes its signal. */
export class Lifetime {
  #ending = open()

  /** Aborted with an `AbortError` when it ends. Before the first start it is not. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  /** Begins anew after an end. */
  start(): void {
    if (this.#ending.signal.aborted) {
      this.#ending = open()
    }
  }

  stop(): void {
    this.#ending.abort(new AbortError('The overlay was stopped'))
  }
}

/** Every call that waits may listen. */
function open(): AbortController {
  const controller = new AbortController()

  setMaxListeners(Infinity, controller.signal)

  return controller
}

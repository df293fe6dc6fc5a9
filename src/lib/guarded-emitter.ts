import { TypedEventEmitter } from 'main-event'
import type { EventHandler } from 'main-event'

type Guard = (event: Event) => void

/**
 * An event target whose listeners cannot end the process. Node.js raises what
 * a listener throws as an uncaught exception, and an async one that rejects as
 * an unhandled rejection: here both are handed to `onListenerError`.
 */
export class GuardedEventEmitter<
  EventMap extends { [K in keyof EventMap]: Event }
> extends TypedEventEmitter<EventMap> {
  readonly #onListenerError: (type: string, error: unknown) => void
  /** One guard a listener, so that a second time it is known again, and can be removed. */
  readonly #guards = new WeakMap<object, Guard>()

  constructor(onListenerError: (type: string, error: unknown) => void) {
    super()
    this.#onListenerError = onListenerError
  }

  override addEventListener<K extends keyof EventMap>(
    type: K,
    listener: EventHandler<EventMap[K]> | null,
    options?: boolean | AddEventListenerOptions
  ): void {
    if (listener != null) {
      super.addEventListener(type, this.#guard(listener), options)
    }
  }

  override removeEventListener<K extends keyof EventMap>(
    type: K,
    listener?: EventHandler<EventMap[K]> | null,
    options?: boolean | EventListenerOptions
  ): void {
    if (listener != null) {
      super.removeEventListener(type, this.#guard(listener), options)
    }
  }

  #guard<E extends Event>(listener: EventHandler<E>): Guard {
    let guard = this.#guards.get(listener)

    if (guard == null) {
      guard = (event) => {
        // the event target calls a listener with the events that it was added for
        this.#run(listener, event as E).catch((err: unknown) => this.#onListenerError(event.type, err))
      }
      this.#guards.set(listener, guard)
      // the event target itself removes what it knows, the guard
      this.#guards.set(guard, guard)
    }

    return guard
  }

  /** Runs up to the listener's first `await` at once, as an event target does. */
  async #run<E extends Event>(listener: EventHandler<E>, event: E): Promise<void> {
    const result: unknown = typeof listener === 'function' ? listener(event) : listener.handleEvent(event)

    await result
  }
}

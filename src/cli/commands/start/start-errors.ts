import { NodeRunningError } from '../../errors.ts'

/** Addresses that cannot be listened on. */
export class ListenAddressError extends Error {
  static override name = 'ListenAddressError'
  override name = 'ListenAddressError'
}

const WORDS: Record<string, string> = {
  EADDRINUSE: 'it is in use',
  EADDRNOTAVAIL: 'this machine does not have it',
  EACCES: 'permission denied'
}

/** libp2p tells of each address in a line of its one message, followed by a stack. */
const ADDRESS_LINE = /^\s*(\/\S+): \w*Error: (?:listen (\w+))?(.*)$/gm

/** The error as it concerns whoever started the node. */
export function explainStartError(error: unknown, dataDir: string | null, pid: number | undefined): unknown {
  if (!(error instanceof Error)) {
    return error
  }

  if (error.name === 'DataDirLockedError') {
    return new NodeRunningError(dataDir ?? '', pid, { cause: error })
  }

  if (error.name === 'UnsupportedListenAddressesError') {
    const faults = [...error.message.matchAll(ADDRESS_LINE)].map(
      ([, address, code, rest]) => `${address} (${WORDS[code ?? ''] ?? code ?? rest?.trim()})`
    )

    return faults.length === 0
      ? error
      : new ListenAddressError(`cannot listen on ${faults.join(', ')}`, { cause: error })
  }

  return error
}

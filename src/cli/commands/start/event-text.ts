import { formatTime, printable, shortPeer } from '../../format.ts'
import type { EventJson, LinkJson, ModelJson } from '../../../http/event-json.ts'
import type { ReadyJson } from './reporter.ts'

/** Characters of a message's fields that are shown. */
const MAX_FIELDS_LENGTH = 120

/** `12:00:01 link open 12D3…qr7tZ4Wv (undirected) /ip4/...`. What peers wrote is made printable. */
export function eventText(event: EventJson): string {
  return `${formatTime(event.time)} ${printable(describe(event))}`
}

/** Events that are told on the standard error output. */
export function isFailure({ event }: EventJson): boolean {
  return event === 'join:failed' || isWarning(event)
}

/** Warnings reach the standard error output in every form of output. */
export function isWarning(event: string): boolean {
  return event === 'warning' || event === 'warning:end'
}

/** What is said once, when the node is ready. */
export function readyText({ peerId, federation, multiaddrs, http }: ReadyJson): string {
  return [
    `peer id     ${peerId}`,
    `federation  ${federation}`,
    ...multiaddrs.map((address, index) => `${index === 0 ? 'listening ' : '          '}  ${address}`),
    `control     ${http ?? 'off'}`
  ].join('\n')
}

function describe(event: EventJson): string {
  switch (event.event) {
    case 'link:open':
      return `link open ${linkText(event)}`
    case 'link:close':
      return `link closed ${peerOf(event)}: ${text(event['reason'])}`
    case 'link:upgrade':
      return `link changed ${linkText(event)}`
    case 'link:redial':
      return `link lost with ${peerOf(event)}, dialled at ${formatTime(event['retryAt'] as number)} (round ${String(event['round'])}, attempt ${String(event['attempt'])})`
    case 'message':
      return messageText(event)
    case 'model:begin':
      return `model begins ${modelText(event)}`
    case 'model:initialization':
    case 'model:update':
      return `model ${modelText(event)}`
    case 'model:offer':
      return `offer ${modelText(event)}`
    case 'model:failed': {
      const { message } = event['error'] as { message: string }

      return `model failed ${modelText(event)}: ${message.split('\n', 1)[0]}`
    }
    case 'neighbour:update': {
      const { length } = event['neighbours'] as unknown[]

      return `neighbour ${event['added'] === true ? 'new' : 'gone'} ${peerOf(event)}, ${length} now`
    }
    case 'peer:found':
      return `found ${peerOf(event)} ${(event['multiaddrs'] as string[]).join(' ')}`
    case 'peer:blacklisted':
      return `shut out ${peerOf(event)}: ${text(event['reason'])}, until ${until(event)}`
    case 'peer:graylisted':
      return `ignored ${peerOf(event)}: ${text(event['reason'])}`
    case 'peer:recovered':
      return `no longer ignored ${peerOf(event)}`
    case 'peer:disconnected':
      return `left alone ${peerOf(event)}: ${text(event['reason'])}, until ${until(event)}`
    case 'federation:ready':
      return `federation ready, ${(event['neighbours'] as unknown[]).length} neighbours`
    case 'join:failed': {
      const { message } = event['error'] as { message: string }

      return `cannot link with ${text(event['target'])}: ${message.split('\n', 1)[0]}; next try at ${formatTime(event['retryAt'] as number)}`
    }
    case 'controller:registered':
      return 'registered with the controller'
    case 'controller:continue':
      return 'the controller lets this node continue'
    case 'warning':
      return `warning: ${text(event['message'])}`
    case 'warning:end':
      return `no longer so: ${text(event['message'])}`
    default:
      return event.event
  }
}

function linkText(event: EventJson): string {
  const { peer, direct, address } = event as EventJson & LinkJson

  return `${shortPeer(peer)} (${direct ? 'direct' : 'undirected'}) ${address}`
}

function messageText(event: EventJson): string {
  const { source, from, type, action } = event as EventJson &
    Record<'source' | 'from' | 'type' | 'action', string>
  const via = source === from ? '' : ` via ${shortPeer(from)}`
  const fields = Object.entries(event['fields'] as Record<string, unknown>)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
  const shown = fields.length > MAX_FIELDS_LENGTH ? `${fields.slice(0, MAX_FIELDS_LENGTH)}…` : fields

  return `message ${[type, action].filter((part) => part !== '').join(' ')} from ${shortPeer(source)}${via} ${shown}`.trimEnd()
}

function modelText(event: EventJson): string {
  const { source, from, round, size } = event as EventJson & ModelJson
  const via = source === from ? '' : ` via ${shortPeer(from)}`

  return `round ${round} from ${shortPeer(source)}${via}, ${size} bytes`
}

function peerOf(event: EventJson): string {
  return shortPeer(text(event['peer']))
}

function until(event: EventJson): string {
  return formatTime(event['expiresAt'] as number)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

import { isLoss, LOST } from './links/index.ts'
import type { NebulaEvents, ReceivedMessage } from './interface.ts'
import type { Link } from './links/index.ts'
import type { Emit, OverlayParts } from './overlay-parts.ts'
import type { PeerInfo } from '@libp2p/interface'

/**
 * Raises the parts' events as the overlay's, and lets one part know what
 * another saw. The parts live as long as the overlay, so no listener has to be
 * removed.
 */
export function connectEvents(parts: OverlayParts, emit: Emit): void {
  const { linkManager, messenger, models, discovery, joiner, redialler, scoring, neighbours, reconnecting } =
    parts
  const onChange = ({ peer }: Link): void => {
    reconnecting.check(peer)
    neighbours.update(peer)
    parts.readiness.update()
  }

  const greet = ({ peer, direct }: Link): void => {
    if (direct) {
      parts.locationTeller.greet(peer)
    }
  }

  const onAnnounced = (info: PeerInfo): void => {
    if (redialler.has(info.id)) {
      redialler.moved(info.id)
    } else {
      joiner.found(info)
    }
  }

  linkManager.addEventListener('open', ({ detail: link }) => {
    parts.readiness.opened(link)
    scoring.onLinkOpen(link.peer)
    emit('link:open', link.info())
    parts.peerClocks.linked(link)
    onChange(link)
    greet(link)
  })
  linkManager.addEventListener('direct', ({ detail: link }) => {
    emit('link:upgrade', link.info())
    onChange(link)
    greet(link)
  })
  linkManager.addEventListener('close', ({ detail: { link, reason } }) => {
    parts.readiness.closed(link, reason)
    scoring.onLinkClose(link.peer, reason)

    if (isLoss(reason)) {
      reconnecting.add(link)
    } else {
      reconnecting.forget(link.peer)
    }

    emit('link:close', { link: link.info('closed'), reason })
    onChange(link)

    // the peer may be gone, or have another address: the LAN is asked soon
    if (LOST.has(reason)) {
      discovery.noteChange()
    }
  })
  linkManager.addEventListener('unwanted', ({ detail: peer }) => {
    parts.readiness.forget(peer)
    reconnecting.forget(peer)
  })
  messenger.addEventListener('message', ({ detail }) => {
    parts.peerRounds.onMessage(detail)
    scoring.onMessage(detail)
    emitMessage(emit, detail)
  })
  messenger.addEventListener('duplicate', ({ detail }) => emit('message:duplicate', detail))
  for (const type of ['model:begin', 'model:update'] as const) {
    models.addEventListener(type, ({ detail: { source, round } }) => parts.peerRounds.reached(source, round))
  }

  for (const type of MODEL_EVENTS) {
    // each is raised as it is
    models.addEventListener(type, ({ detail }) => emit(type, detail as never))
  }

  discovery.addEventListener('peer', ({ detail: { id, multiaddrs, location } }) => {
    emit('beacon', { peer: id, multiaddrs, ...(location == null ? {} : { location }) })
  })
  discovery.addEventListener('found', ({ detail }) => {
    emit('peer:found', { peer: detail.id, multiaddrs: detail.multiaddrs })
    onAnnounced(detail)
  })
  parts.warnings.addEventListener('raised', ({ detail }) => emit('warning', detail))
  parts.warnings.addEventListener('ended', ({ detail }) => emit('warning:end', detail))
  discovery.addEventListener('moved', ({ detail }) => onAnnounced(detail))
}

const MODEL_EVENTS = [
  'model:begin',
  'model:progress',
  'model:initialization',
  'model:update',
  'model:offer',
  'model:failed'
] as const

function emitMessage(emit: Emit, detail: ReceivedMessage): void {
  const { type, action } = detail.message
  const name = action === '' ? `message:${type}` : `message:${type}:${action}`

  emit('message', detail)
  // the name is made of the message's own type and action
  emit(name as keyof NebulaEvents, detail as never)
}

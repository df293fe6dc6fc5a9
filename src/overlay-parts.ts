import { InvalidParametersError } from '@libp2p/interface'
import { systemClock } from './lib/clock.ts'
import { FEDERATION_PATTERN } from '../protocols/handshake/limits.ts'
import { Controller, hostAndPort } from './controller/index.ts'
import {
  FederationDiscovery,
  isOwn,
  Joiner,
  LocationTeller,
  RememberedNeighbours
} from './discovery/index.ts'
import { MAX_LINKS } from './links/constants.ts'
import { isGeoLocation } from './lib/geo-location.ts'
import { LateJoining } from './discovery/late-join/index.ts'
import { EngineClient, idleEngine } from './engine/index.ts'
import { holdsKey } from './lib/holds-key.ts'
import { createLimits } from './limits/index.ts'
import {
  LinkHealth,
  LinkManager,
  LinkSweeper,
  Neighbours,
  PeerClocks,
  PeerRounds,
  Readiness,
  Reconnecting,
  Redialler
} from './links/index.ts'
import { createMessage, Messenger, Requests } from './messages/index.ts'
import { OwnReadiness } from './messages/own-readiness.ts'
import { Models } from './models/index.ts'
import { Propagator } from './propagation/strategies/index.ts'
import { Reactions } from './messages/reactions.ts'
import { Proxying } from './proxying/index.ts'
import { Exclusion, PeerScoring, reasonOf, Restrictions } from './scoring/index.ts'
import { VERSION } from './version.ts'
import { Warnings } from './warnings/index.ts'
import type { Clock } from './lib/clock.ts'
import type { NeighbourUpdate } from './engine/index.ts'
import type { NebulaComponents, NebulaInit } from './init.ts'
import type { GeoLocation } from './lib/geo-location.ts'
import type { NebulaEvents } from './interface.ts'
import type { PeerId, Startable } from '@libp2p/interface'

const DEFAULT_FEDERATION = 'nebula'

/**
 * What a target of a `link` message that is nobody, or is not tried, counts as
 * `rate`: a full message of them is free, four soon after each other shut out.
 * With less the peer would be ignored first, and what is ignored counts no more.
 */
const NOBODY_COUNTS = 2

/** Raises one of the overlay's events. */
export type Emit = <K extends keyof NebulaEvents>(type: K, detail: NebulaEvents[K]['detail']) => void

export interface OverlayParts {
  federation: string
  engine: EngineClient
  restrictions: Restrictions
  exclusion: Exclusion
  scoring: PeerScoring
  linkManager: LinkManager
  redialler: Redialler
  reconnecting: Reconnecting
  neighbours: Neighbours
  readiness: Readiness
  ownReadiness: OwnReadiness
  peerRounds: PeerRounds
  messenger: Messenger
  requests: Requests
  models: Models
  propagator: Propagator
  proxying: Proxying
  discovery: FederationDiscovery
  locationTeller: LocationTeller
  joiner: Joiner
  remembered: RememberedNeighbours
  lateJoining: LateJoining
  sweeper: LinkSweeper
  clock: Clock
  controller: Controller
  warnings: Warnings
  peerClocks: PeerClocks
  /** What starts and stops with the service, in the order in which it starts. */
  startables: Startable[]
}

/**
 * Builds the parts of the overlay and gives each what it needs of the others.
 *
 * @throws {InvalidParametersError} when the federation's name is none, the location no place, or the node's PeerId does not hold its key
 */
export function createParts(node: NebulaComponents, init: NebulaInit, emit: Emit): OverlayParts {
  const federation = init.federation ?? DEFAULT_FEDERATION

  if (!FEDERATION_PATTERN.test(federation)) {
    throw new InvalidParametersError(`"${federation}" is no name of a federation`)
  }

  if (!holdsKey(node.peerId)) {
    throw new InvalidParametersError(
      `The key of this node is of type ${node.peerId.type}, which its PeerId does not hold: what it signs could not be verified. Use an Ed25519 key`
    )
  }

  const onExcess = (peer: PeerId): void => scoring.scores.record(peer, 'rate')
  const clock = init.clock ?? systemClock
  const limits = createLimits(
    node,
    { ...init.limits, clock },
    { onExcess, scoreOf: (peer) => scoring.scores.score(peer) }
  )
  const components = { ...node, registrar: limits.registrar }
  const warnings = init.warnings ?? new Warnings(node, { clock })
  const engine = new EngineClient(init.engine ?? idleEngine(), {
    clock,
    warnings,
    timeout: init.engineTimeout
  })
  const log = node.logger.forComponent('nebula')
  // the engine is the application's: what it throws must not stop the overlay
  const onNeighbours = (update: NeighbourUpdate): void => {
    emit('neighbour:update', update)
    engine.updateNeighbours(update).catch((err: Error) => {
      log.error('the engine failed to update its neighbours - %e', err)
    })
  }
  const proxy = init.proxy ?? false
  const restrictions =
    init.restrictions instanceof Restrictions
      ? init.restrictions
      : new Restrictions(components, { ...init.restrictions, clock })
  const isBlacklisted = (peer: PeerId): boolean => restrictions.isBlacklisted(peer)
  const mayDial = (peer: PeerId): boolean => restrictions.apply([peer]).length > 0
  const isIgnored = (peer: PeerId): boolean => isBlacklisted(peer) || scoring.scores.isGraylisted(peer)
  const onViolation = (peer: PeerId, error: Error): void => {
    exclusion.onViolation(peer, error)
    scoring.onOffence(peer, error)
  }
  const onStall = (peer: PeerId, error: Error): void => scoring.onOffence(peer, error)

  const linkManager = new LinkManager(components, {
    ...init.links,
    federation,
    clock,
    describeSelf: () => ({
      federation,
      proxy,
      roles: init.roles ?? [],
      round: engine.round,
      listenAddrs: components.addressManager.getAddresses(),
      agent: init.agent ?? `nebula-overlay/${VERSION}`,
      time: clock.now()
    }),
    learningFinished: () => engine.finished,
    askEngine: () => engine.refresh(),
    isBlacklisted,
    isBlockedAddress: (addr) => restrictions.addresses.has(addr),
    isRecentlyDisconnected: (peer) => restrictions.isRecentlyDisconnected(peer),
    onViolation,
    onUnwanted: (peer) => scoring.scores.record(peer, 'flapping'),
    onStall
  })
  const parts = { ...components, linkManager }
  const exclusion = new Exclusion(
    { ...parts, restrictions },
    {
      onRestricted: ({ kind, ...detail }) => {
        emit(kind === 'blacklisted' ? 'peer:blacklisted' : 'peer:disconnected', detail)
      }
    }
  )
  const scoring = new PeerScoring(components, {
    ...init.score,
    clock,
    isNeighbour: (peer) => linkManager.links.get(peer)?.direct === true,
    isBlacklisted,
    onBlacklist: (peer, reason) => exclusion.onMisconduct(peer, reason),
    onGraylisted: (explanation) => {
      const { peer, score } = explanation

      emit('peer:graylisted', { peer, score, reason: reasonOf(explanation) })
    },
    onRecovered: ({ peer, score }) => emit('peer:recovered', { peer, score })
  })
  const onReconnectEnd = (peer: PeerId): void => reconnecting.check(peer)
  const reconnecting = new Reconnecting({
    links: linkManager.links,
    isDialled: (peer) => redialler.has(peer) || joiner.reconnects(peer),
    isHopeful: (peer) => redialler.has(peer) || joiner.isHopeful(peer),
    onChange: ({ peer }) => {
      neighbours.update(peer)
      readiness.update()
    }
  })
  const neighbours = new Neighbours(
    { links: linkManager.links, reconnecting },
    { neighbourLoss: init.links?.neighbourLoss, onChange: onNeighbours }
  )
  const readiness = new Readiness({
    links: linkManager.links,
    neighbours,
    onReady: (peers) => emit('federation:ready', { neighbours: peers })
  })
  const messenger = new Messenger(
    { ...parts, warnings },
    {
      ...init.messages,
      budget: limits.budget,
      pace: init.limits,
      onFlood: onExcess,
      federation,
      proxy,
      forwarding: init.forwarding,
      clock,
      isBlacklisted,
      isIgnored,
      onViolation,
      onArrival: (peer) => scoring.scores.message(peer),
      onRepeat: (peer) => scoring.scores.record(peer, 'duplicates'),
      onStall
    }
  )
  const ownReadiness = new OwnReadiness({ ...parts, messenger })
  const onGiveUp = (peer: PeerId): void => {
    remembered.forget(peer)
    readiness.forget(peer)
    ownReadiness.forget(peer)
    exclusion.onUnreachable(peer)
  }
  const models = new Models(parts, {
    ...init.models,
    warnings,
    budget: limits.budget,
    federation,
    proxy,
    centralised: init.forwarding?.centralised,
    forwardedTypes: init.forwarding?.types,
    clock,
    takesModels: () => engine.takesModels,
    askEngine: () => engine.refresh(),
    isIgnored,
    onStall: (peer) => scoring.scores.record(peer, 'transfer'),
    onViolation
  })
  const propagator = new Propagator({ ...parts, models }, { ...init.propagation, engine, clock })
  const proxying = new Proxying(
    { ...parts, messenger },
    {
      ...init.proxying,
      budget: limits.budget,
      federation,
      proxy,
      clock,
      random: init.random,
      maxEnvelopeBytes: init.messages?.maxMessageBytes,
      isIgnored,
      onViolation,
      onStall
    }
  )
  const discovery = new FederationDiscovery(components, {
    ...init.mdns,
    federation,
    clock,
    random: init.random,
    warnings,
    location: () => locationTeller.location
  })
  const locationTeller = new LocationTeller(
    { ...parts, engine, messenger },
    {
      configured: configuredLocation(init),
      interval: init.location?.interval,
      clock,
      onChange: () => discovery.announceChanges()
    }
  )
  const joiner = new Joiner(
    { ...parts, messenger, warnings },
    {
      ...init.joining,
      clock,
      random: init.random,
      maxPeers: init.mdns?.maxPeers,
      holdOff: restrictions.ttl('recently-disconnected'),
      isOwn: (place) => isOwn(place, components.peerId, components.addressManager.getAddresses()),
      dial: init.dial,
      directDial: init.direct,
      members: init.members,
      mayJoin: mayDial,
      isPresent: (peer) => discovery.announced(peer).length > 0,
      redialAttempts: init.links?.redialAttempts,
      redialRounds: init.links?.redialRounds,
      onRedial: (redial) => emit('link:redial', redial),
      onReconnectEnd,
      onRoundsFailed: (peer) => {
        readiness.forget(peer)
        reconnecting.check(peer)
      },
      onGiveUp,
      onFailure: (failure) => emit('join:failed', failure)
    }
  )
  const remembered = new RememberedNeighbours(parts, {
    remember: init.links?.remember,
    max: init.links?.maxLinks ?? MAX_LINKS,
    isBlacklisted,
    onRemembered: (neighbour) => joiner.remembered(neighbour),
    onForgotten: (peer) => joiner.forgotten(peer)
  })
  const lateJoining = new LateJoining(
    {
      ...parts,
      messenger,
      models,
      propagator,
      discovery,
      restrictions
    },
    { ...init.lateJoin, engine, clock, maxParallel: init.joining?.maxParallel }
  )
  const controller = new Controller({
    ...init.controller,
    scenario: init.controller?.scenario ?? federation,
    clock,
    warnings,
    describeNode: () =>
      init.controller?.node ??
      hostAndPort(components.addressManager.getAddresses()) ??
      components.peerId.toString()
  })
  const requests = new Requests({ ...parts, messenger }, { clock })
  const reactions = new Reactions(
    { ...parts, messenger, readiness },
    {
      ...init.links,
      clock,
      disconnect: async (peer) => exclusion.disconnect(peer),
      mayDial,
      isWanted: (peer) => joiner.caresFor(peer) || redialler.has(peer),
      onNobody: (peer) => scoring.scores.record(peer, 'rate', NOBODY_COUNTS)
    }
  )
  const redialler = new Redialler(parts, {
    ...init.links,
    clock,
    random: init.random,
    mayDial,
    cared: (peer) => joiner.caresFor(peer),
    announced: (peer) => discovery.announced(peer),
    onRedial: (redial) => emit('link:redial', redial),
    onRedialEnd: onReconnectEnd,
    onGiveUp
  })
  const health = new LinkHealth(parts, {
    ...init.links,
    clock,
    sendAlive: async ({ peer }, options) => {
      await messenger.send(peer, createMessage('control', 'alive'), { ...options, priority: 'high' })
    }
  })
  const peerClocks = new PeerClocks({ links: linkManager.links, warnings })
  const sweeper = new LinkSweeper(
    { ...parts, health },
    {
      ...init.links,
      clock,
      onLeap: (ms) => {
        peerClocks.leapt(ms)
        discovery.onLeap(ms)
      }
    }
  )

  return {
    federation,
    engine,
    restrictions,
    exclusion,
    scoring,
    linkManager,
    redialler,
    reconnecting,
    neighbours,
    readiness,
    ownReadiness,
    peerRounds: new PeerRounds(linkManager.links),
    messenger,
    requests,
    models,
    propagator,
    proxying,
    discovery,
    locationTeller,
    joiner,
    remembered,
    lateJoining,
    sweeper,
    controller,
    warnings,
    peerClocks,
    clock,
    startables: [
      engine,
      controller,
      restrictions,
      limits.connections,
      scoring,
      exclusion,
      linkManager,
      messenger,
      models,
      propagator,
      lateJoining,
      proxying,
      reactions,
      requests,
      locationTeller,
      ownReadiness,
      redialler,
      health,
      sweeper
    ]
  }
}

/** @throws {InvalidParametersError} when it is no place on earth */
function configuredLocation({ location: { latitude, longitude } = {} }: NebulaInit): GeoLocation | undefined {
  const location = { latitude, longitude }

  if (latitude == null && longitude == null) {
    return undefined
  }

  if (!isGeoLocation(location)) {
    throw new InvalidParametersError(
      'location needs a latitude from -90 to 90 and a longitude from -180 to 180 degrees'
    )
  }

  return location
}

import type { ReferenceSection } from '../types.ts'

export const restrictions = {
  title: 'Blacklist',
  entries: {
    addToBlacklist: {
      members: ['add_to_blacklist'],
      here: ['overlay.addToBlacklist()', 'event peer:blacklisted'],
      difference:
        'Takes a PeerId, an IP address or a subnet, a reason and a time, and ends the connection. A banned peer that connects gets a `ConnectionDeniedError`. By default for 240 s, as in the reference (`restrictions.blacklistTtl`).'
    },
    addToRecentlyDisconnected: {
      members: ['add_to_recently_disconnected'],
      here: ['overlay.addToRecentlyDisconnected()', 'event peer:disconnected'],
      difference:
        'By default for 60 s, as in the reference. Until then this node does not accept the peer either; a `connect` to it works, and ends the restriction.'
    },
    getBlacklist: {
      members: ['get_blacklist'],
      here: ['overlay.restrictions()', 'overlay.blockedAddresses()'],
      difference: 'With kind, reason and end of each restriction. Empty instead of `None`.'
    },
    applyRestrictions: {
      members: ['apply_restrictions'],
      here: ['overlay.applyRestrictions()'],
      difference: 'An empty array instead of `None`.'
    },
    clearRestrictions: {
      members: ['clear_restrictions'],
      here: ['overlay.clearRestrictions()'],
      difference: 'Also lifts those of addresses, and forgives the scores of the peers.'
    }
  }
} as const satisfies ReferenceSection

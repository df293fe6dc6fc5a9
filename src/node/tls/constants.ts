/** The extension that holds the libp2p key, and its signature of the certificate's key. */
export const LIBP2P_KEY_OID = '1.3.6.1.4.1.53594.1.1'

/** Of the tags [0], [1], ... in ASN.1. */
export const CONTEXT_CLASS = 3

/** Of a certificate's extensions. */
export const EXTENSIONS_TAG = 3

import { writeInt64 } from './write-64.js';
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var nebula;
(function (nebula) {
    let Wrapper;
    (function (Wrapper) {
        let _codec;
        Wrapper.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    obj = { ...obj };
                    if (obj.appMessage != null) {
                        obj.linkMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.controlMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.linkMessage != null) {
                        obj.appMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.controlMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.offerMessage != null) {
                        obj.appMessage = undefined;
                        obj.linkMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.controlMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.discoverMessage != null) {
                        obj.appMessage = undefined;
                        obj.linkMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.controlMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.reputationMessage != null) {
                        obj.appMessage = undefined;
                        obj.linkMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.controlMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.responseMessage != null) {
                        obj.appMessage = undefined;
                        obj.linkMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.controlMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.connectionMessage != null) {
                        obj.appMessage = undefined;
                        obj.linkMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.controlMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.modelMessage != null) {
                        obj.appMessage = undefined;
                        obj.linkMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.controlMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.federationMessage != null) {
                        obj.appMessage = undefined;
                        obj.linkMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.controlMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.controlMessage != null) {
                        obj.appMessage = undefined;
                        obj.linkMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.discoveryMessage = undefined;
                    }
                    if (obj.discoveryMessage != null) {
                        obj.appMessage = undefined;
                        obj.linkMessage = undefined;
                        obj.offerMessage = undefined;
                        obj.discoverMessage = undefined;
                        obj.reputationMessage = undefined;
                        obj.responseMessage = undefined;
                        obj.connectionMessage = undefined;
                        obj.modelMessage = undefined;
                        obj.federationMessage = undefined;
                        obj.controlMessage = undefined;
                    }
                    if ((obj.source != null && obj.source !== '')) {
                        w.uint32(10);
                        w.string(obj.source);
                    }
                    if (obj.discoveryMessage != null) {
                        w.uint32(18);
                        nebula.DiscoveryMessage.codec().encode(obj.discoveryMessage, w);
                    }
                    if (obj.controlMessage != null) {
                        w.uint32(26);
                        nebula.ControlMessage.codec().encode(obj.controlMessage, w);
                    }
                    if (obj.federationMessage != null) {
                        w.uint32(34);
                        nebula.FederationMessage.codec().encode(obj.federationMessage, w);
                    }
                    if (obj.modelMessage != null) {
                        w.uint32(42);
                        nebula.ModelMessage.codec().encode(obj.modelMessage, w);
                    }
                    if (obj.connectionMessage != null) {
                        w.uint32(50);
                        nebula.ConnectionMessage.codec().encode(obj.connectionMessage, w);
                    }
                    if (obj.responseMessage != null) {
                        w.uint32(58);
                        nebula.ResponseMessage.codec().encode(obj.responseMessage, w);
                    }
                    if (obj.reputationMessage != null) {
                        w.uint32(66);
                        nebula.ReputationMessage.codec().encode(obj.reputationMessage, w);
                    }
                    if (obj.discoverMessage != null) {
                        w.uint32(74);
                        nebula.DiscoverMessage.codec().encode(obj.discoverMessage, w);
                    }
                    if (obj.offerMessage != null) {
                        w.uint32(82);
                        nebula.OfferMessage.codec().encode(obj.offerMessage, w);
                    }
                    if (obj.linkMessage != null) {
                        w.uint32(90);
                        nebula.LinkMessage.codec().encode(obj.linkMessage, w);
                    }
                    if (obj.appMessage != null) {
                        w.uint32(802);
                        nebula.AppMessage.codec().encode(obj.appMessage, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        source: ''
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.source = reader.string();
                                break;
                            }
                            case 2: {
                                obj.discoveryMessage = nebula.DiscoveryMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.discoveryMessage
                                });
                                break;
                            }
                            case 3: {
                                obj.controlMessage = nebula.ControlMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.controlMessage
                                });
                                break;
                            }
                            case 4: {
                                obj.federationMessage = nebula.FederationMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.federationMessage
                                });
                                break;
                            }
                            case 5: {
                                obj.modelMessage = nebula.ModelMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.modelMessage
                                });
                                break;
                            }
                            case 6: {
                                obj.connectionMessage = nebula.ConnectionMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.connectionMessage
                                });
                                break;
                            }
                            case 7: {
                                obj.responseMessage = nebula.ResponseMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.responseMessage
                                });
                                break;
                            }
                            case 8: {
                                obj.reputationMessage = nebula.ReputationMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.reputationMessage
                                });
                                break;
                            }
                            case 9: {
                                obj.discoverMessage = nebula.DiscoverMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.discoverMessage
                                });
                                break;
                            }
                            case 10: {
                                obj.offerMessage = nebula.OfferMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.offerMessage
                                });
                                break;
                            }
                            case 11: {
                                obj.linkMessage = nebula.LinkMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.linkMessage
                                });
                                break;
                            }
                            case 100: {
                                obj.appMessage = nebula.AppMessage.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.appMessage
                                });
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    if (obj.appMessage != null) {
                        delete obj.linkMessage;
                        delete obj.offerMessage;
                        delete obj.discoverMessage;
                        delete obj.reputationMessage;
                        delete obj.responseMessage;
                        delete obj.connectionMessage;
                        delete obj.modelMessage;
                        delete obj.federationMessage;
                        delete obj.controlMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.linkMessage != null) {
                        delete obj.appMessage;
                        delete obj.offerMessage;
                        delete obj.discoverMessage;
                        delete obj.reputationMessage;
                        delete obj.responseMessage;
                        delete obj.connectionMessage;
                        delete obj.modelMessage;
                        delete obj.federationMessage;
                        delete obj.controlMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.offerMessage != null) {
                        delete obj.appMessage;
                        delete obj.linkMessage;
                        delete obj.discoverMessage;
                        delete obj.reputationMessage;
                        delete obj.responseMessage;
                        delete obj.connectionMessage;
                        delete obj.modelMessage;
                        delete obj.federationMessage;
                        delete obj.controlMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.discoverMessage != null) {
                        delete obj.appMessage;
                        delete obj.linkMessage;
                        delete obj.offerMessage;
                        delete obj.reputationMessage;
                        delete obj.responseMessage;
                        delete obj.connectionMessage;
                        delete obj.modelMessage;
                        delete obj.federationMessage;
                        delete obj.controlMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.reputationMessage != null) {
                        delete obj.appMessage;
                        delete obj.linkMessage;
                        delete obj.offerMessage;
                        delete obj.discoverMessage;
                        delete obj.responseMessage;
                        delete obj.connectionMessage;
                        delete obj.modelMessage;
                        delete obj.federationMessage;
                        delete obj.controlMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.responseMessage != null) {
                        delete obj.appMessage;
                        delete obj.linkMessage;
                        delete obj.offerMessage;
                        delete obj.discoverMessage;
                        delete obj.reputationMessage;
                        delete obj.connectionMessage;
                        delete obj.modelMessage;
                        delete obj.federationMessage;
                        delete obj.controlMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.connectionMessage != null) {
                        delete obj.appMessage;
                        delete obj.linkMessage;
                        delete obj.offerMessage;
                        delete obj.discoverMessage;
                        delete obj.reputationMessage;
                        delete obj.responseMessage;
                        delete obj.modelMessage;
                        delete obj.federationMessage;
                        delete obj.controlMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.modelMessage != null) {
                        delete obj.appMessage;
                        delete obj.linkMessage;
                        delete obj.offerMessage;
                        delete obj.discoverMessage;
                        delete obj.reputationMessage;
                        delete obj.responseMessage;
                        delete obj.connectionMessage;
                        delete obj.federationMessage;
                        delete obj.controlMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.federationMessage != null) {
                        delete obj.appMessage;
                        delete obj.linkMessage;
                        delete obj.offerMessage;
                        delete obj.discoverMessage;
                        delete obj.reputationMessage;
                        delete obj.responseMessage;
                        delete obj.connectionMessage;
                        delete obj.modelMessage;
                        delete obj.controlMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.controlMessage != null) {
                        delete obj.appMessage;
                        delete obj.linkMessage;
                        delete obj.offerMessage;
                        delete obj.discoverMessage;
                        delete obj.reputationMessage;
                        delete obj.responseMessage;
                        delete obj.connectionMessage;
                        delete obj.modelMessage;
                        delete obj.federationMessage;
                        delete obj.discoveryMessage;
                    }
                    if (obj.discoveryMessage != null) {
                        delete obj.appMessage;
                        delete obj.linkMessage;
                        delete obj.offerMessage;
                        delete obj.discoverMessage;
                        delete obj.reputationMessage;
                        delete obj.responseMessage;
                        delete obj.connectionMessage;
                        delete obj.modelMessage;
                        delete obj.federationMessage;
                        delete obj.controlMessage;
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.source`,
                                    value: reader.string()
                                };
                                break;
                            }
                            case 2: {
                                yield* nebula.DiscoveryMessage.codec().stream(reader, reader.uint32(), `${prefix}.discoveryMessage`, {
                                    limits: opts.limits?.discoveryMessage
                                });
                                break;
                            }
                            case 3: {
                                yield* nebula.ControlMessage.codec().stream(reader, reader.uint32(), `${prefix}.controlMessage`, {
                                    limits: opts.limits?.controlMessage
                                });
                                break;
                            }
                            case 4: {
                                yield* nebula.FederationMessage.codec().stream(reader, reader.uint32(), `${prefix}.federationMessage`, {
                                    limits: opts.limits?.federationMessage
                                });
                                break;
                            }
                            case 5: {
                                yield* nebula.ModelMessage.codec().stream(reader, reader.uint32(), `${prefix}.modelMessage`, {
                                    limits: opts.limits?.modelMessage
                                });
                                break;
                            }
                            case 6: {
                                yield* nebula.ConnectionMessage.codec().stream(reader, reader.uint32(), `${prefix}.connectionMessage`, {
                                    limits: opts.limits?.connectionMessage
                                });
                                break;
                            }
                            case 7: {
                                yield* nebula.ResponseMessage.codec().stream(reader, reader.uint32(), `${prefix}.responseMessage`, {
                                    limits: opts.limits?.responseMessage
                                });
                                break;
                            }
                            case 8: {
                                yield* nebula.ReputationMessage.codec().stream(reader, reader.uint32(), `${prefix}.reputationMessage`, {
                                    limits: opts.limits?.reputationMessage
                                });
                                break;
                            }
                            case 9: {
                                yield* nebula.DiscoverMessage.codec().stream(reader, reader.uint32(), `${prefix}.discoverMessage`, {
                                    limits: opts.limits?.discoverMessage
                                });
                                break;
                            }
                            case 10: {
                                yield* nebula.OfferMessage.codec().stream(reader, reader.uint32(), `${prefix}.offerMessage`, {
                                    limits: opts.limits?.offerMessage
                                });
                                break;
                            }
                            case 11: {
                                yield* nebula.LinkMessage.codec().stream(reader, reader.uint32(), `${prefix}.linkMessage`, {
                                    limits: opts.limits?.linkMessage
                                });
                                break;
                            }
                            case 100: {
                                yield* nebula.AppMessage.codec().stream(reader, reader.uint32(), `${prefix}.appMessage`, {
                                    limits: opts.limits?.appMessage
                                });
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, Wrapper.codec());
        }
        Wrapper.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Wrapper.codec(), opts);
        }
        Wrapper.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Wrapper.codec(), opts);
        }
        Wrapper.stream = stream;
    })(Wrapper = nebula.Wrapper || (nebula.Wrapper = {}));
    let DiscoveryMessage;
    (function (DiscoveryMessage) {
        let Action;
        (function (Action) {
            Action["DISCOVER"] = "DISCOVER";
            Action["REGISTER"] = "REGISTER";
            Action["DEREGISTER"] = "DEREGISTER";
        })(Action = DiscoveryMessage.Action || (DiscoveryMessage.Action = {}));
        let __ActionValues;
        (function (__ActionValues) {
            __ActionValues[__ActionValues["DISCOVER"] = 0] = "DISCOVER";
            __ActionValues[__ActionValues["REGISTER"] = 1] = "REGISTER";
            __ActionValues[__ActionValues["DEREGISTER"] = 2] = "DEREGISTER";
        })(__ActionValues || (__ActionValues = {}));
        (function (Action) {
            Action.codec = () => {
                return enumeration(__ActionValues);
            };
        })(Action = DiscoveryMessage.Action || (DiscoveryMessage.Action = {}));
        let _codec;
        DiscoveryMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.action != null && __ActionValues[obj.action] !== 0) {
                        w.uint32(8);
                        nebula.DiscoveryMessage.Action.codec().encode(obj.action, w);
                    }
                    if ((obj.latitude != null && obj.latitude !== 0)) {
                        w.uint32(21);
                        w.float(obj.latitude);
                    }
                    if ((obj.longitude != null && obj.longitude !== 0)) {
                        w.uint32(29);
                        w.float(obj.longitude);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        action: Action.DISCOVER,
                        latitude: 0,
                        longitude: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.action = nebula.DiscoveryMessage.Action.codec().decode(reader);
                                break;
                            }
                            case 2: {
                                obj.latitude = reader.float();
                                break;
                            }
                            case 3: {
                                obj.longitude = reader.float();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.action`,
                                    value: nebula.DiscoveryMessage.Action.codec().decode(reader)
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.latitude`,
                                    value: reader.float()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.longitude`,
                                    value: reader.float()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, DiscoveryMessage.codec());
        }
        DiscoveryMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, DiscoveryMessage.codec(), opts);
        }
        DiscoveryMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, DiscoveryMessage.codec(), opts);
        }
        DiscoveryMessage.stream = stream;
    })(DiscoveryMessage = nebula.DiscoveryMessage || (nebula.DiscoveryMessage = {}));
    let ControlMessage;
    (function (ControlMessage) {
        let Action;
        (function (Action) {
            Action["ALIVE"] = "ALIVE";
            Action["OVERHEAD"] = "OVERHEAD";
            Action["MOBILITY"] = "MOBILITY";
            Action["RECOVERY"] = "RECOVERY";
            Action["WEAK_LINK"] = "WEAK_LINK";
            Action["LEADERSHIP_TRANSFER"] = "LEADERSHIP_TRANSFER";
            Action["LEADERSHIP_TRANSFER_ACK"] = "LEADERSHIP_TRANSFER_ACK";
        })(Action = ControlMessage.Action || (ControlMessage.Action = {}));
        let __ActionValues;
        (function (__ActionValues) {
            __ActionValues[__ActionValues["ALIVE"] = 0] = "ALIVE";
            __ActionValues[__ActionValues["OVERHEAD"] = 1] = "OVERHEAD";
            __ActionValues[__ActionValues["MOBILITY"] = 2] = "MOBILITY";
            __ActionValues[__ActionValues["RECOVERY"] = 3] = "RECOVERY";
            __ActionValues[__ActionValues["WEAK_LINK"] = 4] = "WEAK_LINK";
            __ActionValues[__ActionValues["LEADERSHIP_TRANSFER"] = 5] = "LEADERSHIP_TRANSFER";
            __ActionValues[__ActionValues["LEADERSHIP_TRANSFER_ACK"] = 6] = "LEADERSHIP_TRANSFER_ACK";
        })(__ActionValues || (__ActionValues = {}));
        (function (Action) {
            Action.codec = () => {
                return enumeration(__ActionValues);
            };
        })(Action = ControlMessage.Action || (ControlMessage.Action = {}));
        let _codec;
        ControlMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.action != null && __ActionValues[obj.action] !== 0) {
                        w.uint32(8);
                        nebula.ControlMessage.Action.codec().encode(obj.action, w);
                    }
                    if ((obj.log != null && obj.log !== '')) {
                        w.uint32(18);
                        w.string(obj.log);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        action: Action.ALIVE,
                        log: ''
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.action = nebula.ControlMessage.Action.codec().decode(reader);
                                break;
                            }
                            case 2: {
                                obj.log = reader.string();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.action`,
                                    value: nebula.ControlMessage.Action.codec().decode(reader)
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.log`,
                                    value: reader.string()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, ControlMessage.codec());
        }
        ControlMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, ControlMessage.codec(), opts);
        }
        ControlMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, ControlMessage.codec(), opts);
        }
        ControlMessage.stream = stream;
    })(ControlMessage = nebula.ControlMessage || (nebula.ControlMessage = {}));
    let FederationMessage;
    (function (FederationMessage) {
        let Action;
        (function (Action) {
            Action["FEDERATION_START"] = "FEDERATION_START";
            Action["REPUTATION"] = "REPUTATION";
            Action["FEDERATION_MODELS_INCLUDED"] = "FEDERATION_MODELS_INCLUDED";
            Action["FEDERATION_READY"] = "FEDERATION_READY";
        })(Action = FederationMessage.Action || (FederationMessage.Action = {}));
        let __ActionValues;
        (function (__ActionValues) {
            __ActionValues[__ActionValues["FEDERATION_START"] = 0] = "FEDERATION_START";
            __ActionValues[__ActionValues["REPUTATION"] = 1] = "REPUTATION";
            __ActionValues[__ActionValues["FEDERATION_MODELS_INCLUDED"] = 2] = "FEDERATION_MODELS_INCLUDED";
            __ActionValues[__ActionValues["FEDERATION_READY"] = 3] = "FEDERATION_READY";
        })(__ActionValues || (__ActionValues = {}));
        (function (Action) {
            Action.codec = () => {
                return enumeration(__ActionValues);
            };
        })(Action = FederationMessage.Action || (FederationMessage.Action = {}));
        let _codec;
        FederationMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.action != null && __ActionValues[obj.action] !== 0) {
                        w.uint32(8);
                        nebula.FederationMessage.Action.codec().encode(obj.action, w);
                    }
                    if (obj.arguments != null && obj.arguments.length > 0) {
                        for (const value of obj.arguments) {
                            w.uint32(18);
                            w.string(value);
                        }
                    }
                    if ((obj.round != null && obj.round !== 0)) {
                        w.uint32(24);
                        w.int32(obj.round);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        action: Action.FEDERATION_START,
                        arguments: [],
                        round: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.action = nebula.FederationMessage.Action.codec().decode(reader);
                                break;
                            }
                            case 2: {
                                if (opts.limits?.arguments != null && obj.arguments.length === opts.limits.arguments) {
                                    throw new MaxLengthError('Decode error - repeated field "arguments" had too many elements');
                                }
                                obj.arguments.push(reader.string());
                                break;
                            }
                            case 3: {
                                obj.round = reader.int32();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const obj = {
                        arguments: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.action`,
                                    value: nebula.FederationMessage.Action.codec().decode(reader)
                                };
                                break;
                            }
                            case 2: {
                                if (opts.limits?.arguments != null && obj.arguments === opts.limits.arguments) {
                                    throw new MaxLengthError('Streaming decode error - repeated field "arguments" had too many elements');
                                }
                                yield {
                                    field: `${prefix}.arguments[]`,
                                    index: obj.arguments,
                                    value: reader.string()
                                };
                                obj.arguments++;
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.round`,
                                    value: reader.int32()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, FederationMessage.codec());
        }
        FederationMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, FederationMessage.codec(), opts);
        }
        FederationMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, FederationMessage.codec(), opts);
        }
        FederationMessage.stream = stream;
    })(FederationMessage = nebula.FederationMessage || (nebula.FederationMessage = {}));
    let ModelMessage;
    (function (ModelMessage) {
        let _codec;
        ModelMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.parameters != null && obj.parameters.byteLength > 0)) {
                        w.uint32(10);
                        w.bytes(obj.parameters);
                    }
                    if ((obj.weight != null && obj.weight !== 0n)) {
                        w.uint32(16);
                        writeInt64(w, obj.weight);
                    }
                    if ((obj.round != null && obj.round !== 0)) {
                        w.uint32(24);
                        w.int32(obj.round);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        parameters: uint8ArrayAlloc(0),
                        weight: 0n,
                        round: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.parameters = reader.bytes();
                                break;
                            }
                            case 2: {
                                obj.weight = reader.int64();
                                break;
                            }
                            case 3: {
                                obj.round = reader.int32();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.parameters`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.weight`,
                                    value: reader.int64()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.round`,
                                    value: reader.int32()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, ModelMessage.codec());
        }
        ModelMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, ModelMessage.codec(), opts);
        }
        ModelMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, ModelMessage.codec(), opts);
        }
        ModelMessage.stream = stream;
    })(ModelMessage = nebula.ModelMessage || (nebula.ModelMessage = {}));
    let ConnectionMessage;
    (function (ConnectionMessage) {
        let Action;
        (function (Action) {
            Action["CONNECT"] = "CONNECT";
            Action["DISCONNECT"] = "DISCONNECT";
            Action["LATE_CONNECT"] = "LATE_CONNECT";
            Action["RESTRUCTURE"] = "RESTRUCTURE";
        })(Action = ConnectionMessage.Action || (ConnectionMessage.Action = {}));
        let __ActionValues;
        (function (__ActionValues) {
            __ActionValues[__ActionValues["CONNECT"] = 0] = "CONNECT";
            __ActionValues[__ActionValues["DISCONNECT"] = 1] = "DISCONNECT";
            __ActionValues[__ActionValues["LATE_CONNECT"] = 2] = "LATE_CONNECT";
            __ActionValues[__ActionValues["RESTRUCTURE"] = 3] = "RESTRUCTURE";
        })(__ActionValues || (__ActionValues = {}));
        (function (Action) {
            Action.codec = () => {
                return enumeration(__ActionValues);
            };
        })(Action = ConnectionMessage.Action || (ConnectionMessage.Action = {}));
        let _codec;
        ConnectionMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.action != null && __ActionValues[obj.action] !== 0) {
                        w.uint32(8);
                        nebula.ConnectionMessage.Action.codec().encode(obj.action, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        action: Action.CONNECT
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.action = nebula.ConnectionMessage.Action.codec().decode(reader);
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.action`,
                                    value: nebula.ConnectionMessage.Action.codec().decode(reader)
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, ConnectionMessage.codec());
        }
        ConnectionMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, ConnectionMessage.codec(), opts);
        }
        ConnectionMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, ConnectionMessage.codec(), opts);
        }
        ConnectionMessage.stream = stream;
    })(ConnectionMessage = nebula.ConnectionMessage || (nebula.ConnectionMessage = {}));
    let DiscoverMessage;
    (function (DiscoverMessage) {
        let Action;
        (function (Action) {
            Action["DISCOVER_JOIN"] = "DISCOVER_JOIN";
            Action["DISCOVER_NODES"] = "DISCOVER_NODES";
            Action["LATE_CONNECT"] = "LATE_CONNECT";
            Action["RESTRUCTURE"] = "RESTRUCTURE";
        })(Action = DiscoverMessage.Action || (DiscoverMessage.Action = {}));
        let __ActionValues;
        (function (__ActionValues) {
            __ActionValues[__ActionValues["DISCOVER_JOIN"] = 0] = "DISCOVER_JOIN";
            __ActionValues[__ActionValues["DISCOVER_NODES"] = 1] = "DISCOVER_NODES";
            __ActionValues[__ActionValues["LATE_CONNECT"] = 2] = "LATE_CONNECT";
            __ActionValues[__ActionValues["RESTRUCTURE"] = 3] = "RESTRUCTURE";
        })(__ActionValues || (__ActionValues = {}));
        (function (Action) {
            Action.codec = () => {
                return enumeration(__ActionValues);
            };
        })(Action = DiscoverMessage.Action || (DiscoverMessage.Action = {}));
        let _codec;
        DiscoverMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.action != null && __ActionValues[obj.action] !== 0) {
                        w.uint32(8);
                        nebula.DiscoverMessage.Action.codec().encode(obj.action, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        action: Action.DISCOVER_JOIN
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.action = nebula.DiscoverMessage.Action.codec().decode(reader);
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.action`,
                                    value: nebula.DiscoverMessage.Action.codec().decode(reader)
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, DiscoverMessage.codec());
        }
        DiscoverMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, DiscoverMessage.codec(), opts);
        }
        DiscoverMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, DiscoverMessage.codec(), opts);
        }
        DiscoverMessage.stream = stream;
    })(DiscoverMessage = nebula.DiscoverMessage || (nebula.DiscoverMessage = {}));
    let OfferMessage;
    (function (OfferMessage) {
        let Action;
        (function (Action) {
            Action["OFFER_MODEL"] = "OFFER_MODEL";
            Action["OFFER_METRIC"] = "OFFER_METRIC";
        })(Action = OfferMessage.Action || (OfferMessage.Action = {}));
        let __ActionValues;
        (function (__ActionValues) {
            __ActionValues[__ActionValues["OFFER_MODEL"] = 0] = "OFFER_MODEL";
            __ActionValues[__ActionValues["OFFER_METRIC"] = 1] = "OFFER_METRIC";
        })(__ActionValues || (__ActionValues = {}));
        (function (Action) {
            Action.codec = () => {
                return enumeration(__ActionValues);
            };
        })(Action = OfferMessage.Action || (OfferMessage.Action = {}));
        let _codec;
        OfferMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.action != null && __ActionValues[obj.action] !== 0) {
                        w.uint32(8);
                        nebula.OfferMessage.Action.codec().encode(obj.action, w);
                    }
                    if ((obj.nNeighbors != null && obj.nNeighbors !== 0)) {
                        w.uint32(21);
                        w.float(obj.nNeighbors);
                    }
                    if ((obj.loss != null && obj.loss !== 0)) {
                        w.uint32(29);
                        w.float(obj.loss);
                    }
                    if ((obj.parameters != null && obj.parameters.byteLength > 0)) {
                        w.uint32(34);
                        w.bytes(obj.parameters);
                    }
                    if ((obj.rounds != null && obj.rounds !== 0)) {
                        w.uint32(40);
                        w.int32(obj.rounds);
                    }
                    if ((obj.round != null && obj.round !== 0)) {
                        w.uint32(48);
                        w.int32(obj.round);
                    }
                    if ((obj.epochs != null && obj.epochs !== 0)) {
                        w.uint32(56);
                        w.int32(obj.epochs);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        action: Action.OFFER_MODEL,
                        nNeighbors: 0,
                        loss: 0,
                        parameters: uint8ArrayAlloc(0),
                        rounds: 0,
                        round: 0,
                        epochs: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.action = nebula.OfferMessage.Action.codec().decode(reader);
                                break;
                            }
                            case 2: {
                                obj.nNeighbors = reader.float();
                                break;
                            }
                            case 3: {
                                obj.loss = reader.float();
                                break;
                            }
                            case 4: {
                                obj.parameters = reader.bytes();
                                break;
                            }
                            case 5: {
                                obj.rounds = reader.int32();
                                break;
                            }
                            case 6: {
                                obj.round = reader.int32();
                                break;
                            }
                            case 7: {
                                obj.epochs = reader.int32();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.action`,
                                    value: nebula.OfferMessage.Action.codec().decode(reader)
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.nNeighbors`,
                                    value: reader.float()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.loss`,
                                    value: reader.float()
                                };
                                break;
                            }
                            case 4: {
                                yield {
                                    field: `${prefix}.parameters`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 5: {
                                yield {
                                    field: `${prefix}.rounds`,
                                    value: reader.int32()
                                };
                                break;
                            }
                            case 6: {
                                yield {
                                    field: `${prefix}.round`,
                                    value: reader.int32()
                                };
                                break;
                            }
                            case 7: {
                                yield {
                                    field: `${prefix}.epochs`,
                                    value: reader.int32()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, OfferMessage.codec());
        }
        OfferMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, OfferMessage.codec(), opts);
        }
        OfferMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, OfferMessage.codec(), opts);
        }
        OfferMessage.stream = stream;
    })(OfferMessage = nebula.OfferMessage || (nebula.OfferMessage = {}));
    let LinkMessage;
    (function (LinkMessage) {
        let Action;
        (function (Action) {
            Action["CONNECT_TO"] = "CONNECT_TO";
            Action["DISCONNECT_FROM"] = "DISCONNECT_FROM";
        })(Action = LinkMessage.Action || (LinkMessage.Action = {}));
        let __ActionValues;
        (function (__ActionValues) {
            __ActionValues[__ActionValues["CONNECT_TO"] = 0] = "CONNECT_TO";
            __ActionValues[__ActionValues["DISCONNECT_FROM"] = 1] = "DISCONNECT_FROM";
        })(__ActionValues || (__ActionValues = {}));
        (function (Action) {
            Action.codec = () => {
                return enumeration(__ActionValues);
            };
        })(Action = LinkMessage.Action || (LinkMessage.Action = {}));
        let _codec;
        LinkMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.action != null && __ActionValues[obj.action] !== 0) {
                        w.uint32(8);
                        nebula.LinkMessage.Action.codec().encode(obj.action, w);
                    }
                    if ((obj.addrs != null && obj.addrs !== '')) {
                        w.uint32(18);
                        w.string(obj.addrs);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        action: Action.CONNECT_TO,
                        addrs: ''
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.action = nebula.LinkMessage.Action.codec().decode(reader);
                                break;
                            }
                            case 2: {
                                obj.addrs = reader.string();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.action`,
                                    value: nebula.LinkMessage.Action.codec().decode(reader)
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.addrs`,
                                    value: reader.string()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, LinkMessage.codec());
        }
        LinkMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, LinkMessage.codec(), opts);
        }
        LinkMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, LinkMessage.codec(), opts);
        }
        LinkMessage.stream = stream;
    })(LinkMessage = nebula.LinkMessage || (nebula.LinkMessage = {}));
    let ReputationMessage;
    (function (ReputationMessage) {
        let Action;
        (function (Action) {
            Action["SHARE"] = "SHARE";
        })(Action = ReputationMessage.Action || (ReputationMessage.Action = {}));
        let __ActionValues;
        (function (__ActionValues) {
            __ActionValues[__ActionValues["SHARE"] = 0] = "SHARE";
        })(__ActionValues || (__ActionValues = {}));
        (function (Action) {
            Action.codec = () => {
                return enumeration(__ActionValues);
            };
        })(Action = ReputationMessage.Action || (ReputationMessage.Action = {}));
        let _codec;
        ReputationMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.nodeId != null && obj.nodeId !== '')) {
                        w.uint32(10);
                        w.string(obj.nodeId);
                    }
                    if ((obj.score != null && obj.score !== 0)) {
                        w.uint32(21);
                        w.float(obj.score);
                    }
                    if ((obj.round != null && obj.round !== 0)) {
                        w.uint32(24);
                        w.int32(obj.round);
                    }
                    if (obj.action != null && __ActionValues[obj.action] !== 0) {
                        w.uint32(32);
                        nebula.ReputationMessage.Action.codec().encode(obj.action, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        nodeId: '',
                        score: 0,
                        round: 0,
                        action: Action.SHARE
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.nodeId = reader.string();
                                break;
                            }
                            case 2: {
                                obj.score = reader.float();
                                break;
                            }
                            case 3: {
                                obj.round = reader.int32();
                                break;
                            }
                            case 4: {
                                obj.action = nebula.ReputationMessage.Action.codec().decode(reader);
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.nodeId`,
                                    value: reader.string()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.score`,
                                    value: reader.float()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.round`,
                                    value: reader.int32()
                                };
                                break;
                            }
                            case 4: {
                                yield {
                                    field: `${prefix}.action`,
                                    value: nebula.ReputationMessage.Action.codec().decode(reader)
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, ReputationMessage.codec());
        }
        ReputationMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, ReputationMessage.codec(), opts);
        }
        ReputationMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, ReputationMessage.codec(), opts);
        }
        ReputationMessage.stream = stream;
    })(ReputationMessage = nebula.ReputationMessage || (nebula.ReputationMessage = {}));
    let ResponseMessage;
    (function (ResponseMessage) {
        let _codec;
        ResponseMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.response != null && obj.response !== '')) {
                        w.uint32(10);
                        w.string(obj.response);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        response: ''
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.response = reader.string();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.response`,
                                    value: reader.string()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, ResponseMessage.codec());
        }
        ResponseMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, ResponseMessage.codec(), opts);
        }
        ResponseMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, ResponseMessage.codec(), opts);
        }
        ResponseMessage.stream = stream;
    })(ResponseMessage = nebula.ResponseMessage || (nebula.ResponseMessage = {}));
    let AppMessage;
    (function (AppMessage) {
        let Action;
        (function (Action) {
            Action["NOTIFY"] = "NOTIFY";
            Action["REQUEST"] = "REQUEST";
            Action["REPLY"] = "REPLY";
        })(Action = AppMessage.Action || (AppMessage.Action = {}));
        let __ActionValues;
        (function (__ActionValues) {
            __ActionValues[__ActionValues["NOTIFY"] = 0] = "NOTIFY";
            __ActionValues[__ActionValues["REQUEST"] = 1] = "REQUEST";
            __ActionValues[__ActionValues["REPLY"] = 2] = "REPLY";
        })(__ActionValues || (__ActionValues = {}));
        (function (Action) {
            Action.codec = () => {
                return enumeration(__ActionValues);
            };
        })(Action = AppMessage.Action || (AppMessage.Action = {}));
        let _codec;
        AppMessage.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.action != null && __ActionValues[obj.action] !== 0) {
                        w.uint32(8);
                        nebula.AppMessage.Action.codec().encode(obj.action, w);
                    }
                    if ((obj.topic != null && obj.topic !== '')) {
                        w.uint32(18);
                        w.string(obj.topic);
                    }
                    if ((obj.payload != null && obj.payload.byteLength > 0)) {
                        w.uint32(26);
                        w.bytes(obj.payload);
                    }
                    if ((obj.requestId != null && obj.requestId !== '')) {
                        w.uint32(34);
                        w.string(obj.requestId);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        action: Action.NOTIFY,
                        topic: '',
                        payload: uint8ArrayAlloc(0),
                        requestId: ''
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.action = nebula.AppMessage.Action.codec().decode(reader);
                                break;
                            }
                            case 2: {
                                obj.topic = reader.string();
                                break;
                            }
                            case 3: {
                                obj.payload = reader.bytes();
                                break;
                            }
                            case 4: {
                                obj.requestId = reader.string();
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.action`,
                                    value: nebula.AppMessage.Action.codec().decode(reader)
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.topic`,
                                    value: reader.string()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.payload`,
                                    value: reader.bytes()
                                };
                                break;
                            }
                            case 4: {
                                yield {
                                    field: `${prefix}.requestId`,
                                    value: reader.string()
                                };
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                });
            }
            return _codec;
        };
        function encode(obj) {
            return encodeMessage(obj, AppMessage.codec());
        }
        AppMessage.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, AppMessage.codec(), opts);
        }
        AppMessage.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, AppMessage.codec(), opts);
        }
        AppMessage.stream = stream;
    })(AppMessage = nebula.AppMessage || (nebula.AppMessage = {}));
    let _codec;
    nebula.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, nebula.codec());
    }
    nebula.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, nebula.codec(), opts);
    }
    nebula.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, nebula.codec(), opts);
    }
    nebula.stream = stream;
})(nebula || (nebula = {}));

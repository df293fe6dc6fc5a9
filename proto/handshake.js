import { openEnumeration } from './open-enumeration.js';
import { writeUint64 } from './write-64.js';
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime';
export var nebula_handshake;
(function (nebula_handshake) {
    let Priority;
    (function (Priority) {
        Priority["LOW"] = "LOW";
        Priority["MEDIUM"] = "MEDIUM";
        Priority["HIGH"] = "HIGH";
    })(Priority = nebula_handshake.Priority || (nebula_handshake.Priority = {}));
    let __PriorityValues;
    (function (__PriorityValues) {
        __PriorityValues[__PriorityValues["LOW"] = 0] = "LOW";
        __PriorityValues[__PriorityValues["MEDIUM"] = 1] = "MEDIUM";
        __PriorityValues[__PriorityValues["HIGH"] = 2] = "HIGH";
    })(__PriorityValues || (__PriorityValues = {}));
    (function (Priority) {
        Priority.codec = () => {
            return enumeration(__PriorityValues);
        };
    })(Priority = nebula_handshake.Priority || (nebula_handshake.Priority = {}));
    let Status;
    (function (Status) {
        Status["NEW"] = "NEW";
        Status["EXISTS"] = "EXISTS";
        Status["PENDING"] = "PENDING";
        Status["CLOSE"] = "CLOSE";
    })(Status = nebula_handshake.Status || (nebula_handshake.Status = {}));
    let __StatusValues;
    (function (__StatusValues) {
        __StatusValues[__StatusValues["NEW"] = 0] = "NEW";
        __StatusValues[__StatusValues["EXISTS"] = 1] = "EXISTS";
        __StatusValues[__StatusValues["PENDING"] = 2] = "PENDING";
        __StatusValues[__StatusValues["CLOSE"] = 3] = "CLOSE";
    })(__StatusValues || (__StatusValues = {}));
    (function (Status) {
        Status.codec = () => {
            return enumeration(__StatusValues);
        };
    })(Status = nebula_handshake.Status || (nebula_handshake.Status = {}));
    let Reason;
    (function (Reason) {
        Reason["UNSPECIFIED"] = "UNSPECIFIED";
        Reason["FEDERATION_MISMATCH"] = "FEDERATION_MISMATCH";
        Reason["SELF"] = "SELF";
        Reason["BLACKLISTED"] = "BLACKLISTED";
        Reason["RECENTLY_DISCONNECTED"] = "RECENTLY_DISCONNECTED";
        Reason["MAX_LINKS"] = "MAX_LINKS";
        Reason["LEARNING_FINISHED"] = "LEARNING_FINISHED";
        Reason["PROTOCOL_ERROR"] = "PROTOCOL_ERROR";
        Reason["SHUTTING_DOWN"] = "SHUTTING_DOWN";
        Reason["REQUESTED"] = "REQUESTED";
        Reason["INACTIVE"] = "INACTIVE";
        Reason["SUPERSEDED"] = "SUPERSEDED";
        Reason["KEY_NOT_IN_PEER_ID"] = "KEY_NOT_IN_PEER_ID";
    })(Reason = nebula_handshake.Reason || (nebula_handshake.Reason = {}));
    let __ReasonValues;
    (function (__ReasonValues) {
        __ReasonValues[__ReasonValues["UNSPECIFIED"] = 0] = "UNSPECIFIED";
        __ReasonValues[__ReasonValues["FEDERATION_MISMATCH"] = 1] = "FEDERATION_MISMATCH";
        __ReasonValues[__ReasonValues["SELF"] = 2] = "SELF";
        __ReasonValues[__ReasonValues["BLACKLISTED"] = 3] = "BLACKLISTED";
        __ReasonValues[__ReasonValues["RECENTLY_DISCONNECTED"] = 4] = "RECENTLY_DISCONNECTED";
        __ReasonValues[__ReasonValues["MAX_LINKS"] = 5] = "MAX_LINKS";
        __ReasonValues[__ReasonValues["LEARNING_FINISHED"] = 6] = "LEARNING_FINISHED";
        __ReasonValues[__ReasonValues["PROTOCOL_ERROR"] = 7] = "PROTOCOL_ERROR";
        __ReasonValues[__ReasonValues["SHUTTING_DOWN"] = 8] = "SHUTTING_DOWN";
        __ReasonValues[__ReasonValues["REQUESTED"] = 9] = "REQUESTED";
        __ReasonValues[__ReasonValues["INACTIVE"] = 10] = "INACTIVE";
        __ReasonValues[__ReasonValues["SUPERSEDED"] = 11] = "SUPERSEDED";
        __ReasonValues[__ReasonValues["KEY_NOT_IN_PEER_ID"] = 12] = "KEY_NOT_IN_PEER_ID";
    })(__ReasonValues || (__ReasonValues = {}));
    (function (Reason) {
        Reason.codec = () => {
            return openEnumeration(__ReasonValues);
        };
    })(Reason = nebula_handshake.Reason || (nebula_handshake.Reason = {}));
    let NodeInfo;
    (function (NodeInfo) {
        let _codec;
        NodeInfo.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.federation != null && obj.federation !== '')) {
                        w.uint32(10);
                        w.string(obj.federation);
                    }
                    if ((obj.proxy != null && obj.proxy !== false)) {
                        w.uint32(16);
                        w.bool(obj.proxy);
                    }
                    if (obj.roles != null && obj.roles.length > 0) {
                        for (const value of obj.roles) {
                            w.uint32(26);
                            w.string(value);
                        }
                    }
                    if (obj.round != null) {
                        w.uint32(32);
                        w.int32(obj.round);
                    }
                    if (obj.listenAddrs != null && obj.listenAddrs.length > 0) {
                        for (const value of obj.listenAddrs) {
                            w.uint32(42);
                            w.bytes(value);
                        }
                    }
                    if ((obj.agent != null && obj.agent !== '')) {
                        w.uint32(50);
                        w.string(obj.agent);
                    }
                    if (obj.time != null) {
                        w.uint32(56);
                        writeUint64(w, obj.time);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        federation: '',
                        proxy: false,
                        roles: [],
                        listenAddrs: [],
                        agent: ''
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.federation = reader.string();
                                break;
                            }
                            case 2: {
                                obj.proxy = reader.bool();
                                break;
                            }
                            case 3: {
                                if (opts.limits?.roles != null && obj.roles.length === opts.limits.roles) {
                                    throw new MaxLengthError('Decode error - repeated field "roles" had too many elements');
                                }
                                obj.roles.push(reader.string());
                                break;
                            }
                            case 4: {
                                obj.round = reader.int32();
                                break;
                            }
                            case 5: {
                                if (opts.limits?.listenAddrs != null && obj.listenAddrs.length === opts.limits.listenAddrs) {
                                    throw new MaxLengthError('Decode error - repeated field "listenAddrs" had too many elements');
                                }
                                obj.listenAddrs.push(reader.bytes());
                                break;
                            }
                            case 6: {
                                obj.agent = reader.string();
                                break;
                            }
                            case 7: {
                                obj.time = reader.uint64();
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
                        roles: 0,
                        listenAddrs: 0
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield {
                                    field: `${prefix}.federation`,
                                    value: reader.string()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.proxy`,
                                    value: reader.bool()
                                };
                                break;
                            }
                            case 3: {
                                if (opts.limits?.roles != null && obj.roles === opts.limits.roles) {
                                    throw new MaxLengthError('Streaming decode error - repeated field "roles" had too many elements');
                                }
                                yield {
                                    field: `${prefix}.roles[]`,
                                    index: obj.roles,
                                    value: reader.string()
                                };
                                obj.roles++;
                                break;
                            }
                            case 4: {
                                yield {
                                    field: `${prefix}.round`,
                                    value: reader.int32()
                                };
                                break;
                            }
                            case 5: {
                                if (opts.limits?.listenAddrs != null && obj.listenAddrs === opts.limits.listenAddrs) {
                                    throw new MaxLengthError('Streaming decode error - repeated field "listenAddrs" had too many elements');
                                }
                                yield {
                                    field: `${prefix}.listenAddrs[]`,
                                    index: obj.listenAddrs,
                                    value: reader.bytes()
                                };
                                obj.listenAddrs++;
                                break;
                            }
                            case 6: {
                                yield {
                                    field: `${prefix}.agent`,
                                    value: reader.string()
                                };
                                break;
                            }
                            case 7: {
                                yield {
                                    field: `${prefix}.time`,
                                    value: reader.uint64()
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
            return encodeMessage(obj, NodeInfo.codec());
        }
        NodeInfo.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, NodeInfo.codec(), opts);
        }
        NodeInfo.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, NodeInfo.codec(), opts);
        }
        NodeInfo.stream = stream;
    })(NodeInfo = nebula_handshake.NodeInfo || (nebula_handshake.NodeInfo = {}));
    let Hello;
    (function (Hello) {
        let _codec;
        Hello.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.attempt != null && obj.attempt !== 0n)) {
                        w.uint32(8);
                        writeUint64(w, obj.attempt);
                    }
                    if ((obj.direct != null && obj.direct !== false)) {
                        w.uint32(16);
                        w.bool(obj.direct);
                    }
                    if (obj.priority != null && __PriorityValues[obj.priority] !== 0) {
                        w.uint32(24);
                        nebula_handshake.Priority.codec().encode(obj.priority, w);
                    }
                    if (obj.node != null) {
                        w.uint32(34);
                        nebula_handshake.NodeInfo.codec().encode(obj.node, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        attempt: 0n,
                        direct: false,
                        priority: Priority.LOW
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.attempt = reader.uint64();
                                break;
                            }
                            case 2: {
                                obj.direct = reader.bool();
                                break;
                            }
                            case 3: {
                                obj.priority = nebula_handshake.Priority.codec().decode(reader);
                                break;
                            }
                            case 4: {
                                obj.node = nebula_handshake.NodeInfo.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.node
                                });
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
                                    field: `${prefix}.attempt`,
                                    value: reader.uint64()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.direct`,
                                    value: reader.bool()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.priority`,
                                    value: nebula_handshake.Priority.codec().decode(reader)
                                };
                                break;
                            }
                            case 4: {
                                yield* nebula_handshake.NodeInfo.codec().stream(reader, reader.uint32(), `${prefix}.node`, {
                                    limits: opts.limits?.node
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
            return encodeMessage(obj, Hello.codec());
        }
        Hello.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Hello.codec(), opts);
        }
        Hello.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Hello.codec(), opts);
        }
        Hello.stream = stream;
    })(Hello = nebula_handshake.Hello || (nebula_handshake.Hello = {}));
    let Welcome;
    (function (Welcome) {
        let _codec;
        Welcome.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.status != null && __StatusValues[obj.status] !== 0) {
                        w.uint32(8);
                        nebula_handshake.Status.codec().encode(obj.status, w);
                    }
                    if (obj.reason != null && __ReasonValues[obj.reason] !== 0) {
                        w.uint32(16);
                        nebula_handshake.Reason.codec().encode(obj.reason, w);
                    }
                    if ((obj.attempt != null && obj.attempt !== 0n)) {
                        w.uint32(24);
                        writeUint64(w, obj.attempt);
                    }
                    if ((obj.direct != null && obj.direct !== false)) {
                        w.uint32(32);
                        w.bool(obj.direct);
                    }
                    if (obj.node != null) {
                        w.uint32(42);
                        nebula_handshake.NodeInfo.codec().encode(obj.node, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        status: Status.NEW,
                        reason: Reason.UNSPECIFIED,
                        attempt: 0n,
                        direct: false
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.status = nebula_handshake.Status.codec().decode(reader);
                                break;
                            }
                            case 2: {
                                obj.reason = nebula_handshake.Reason.codec().decode(reader);
                                break;
                            }
                            case 3: {
                                obj.attempt = reader.uint64();
                                break;
                            }
                            case 4: {
                                obj.direct = reader.bool();
                                break;
                            }
                            case 5: {
                                obj.node = nebula_handshake.NodeInfo.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.node
                                });
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
                                    field: `${prefix}.status`,
                                    value: nebula_handshake.Status.codec().decode(reader)
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.reason`,
                                    value: nebula_handshake.Reason.codec().decode(reader)
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.attempt`,
                                    value: reader.uint64()
                                };
                                break;
                            }
                            case 4: {
                                yield {
                                    field: `${prefix}.direct`,
                                    value: reader.bool()
                                };
                                break;
                            }
                            case 5: {
                                yield* nebula_handshake.NodeInfo.codec().stream(reader, reader.uint32(), `${prefix}.node`, {
                                    limits: opts.limits?.node
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
            return encodeMessage(obj, Welcome.codec());
        }
        Welcome.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Welcome.codec(), opts);
        }
        Welcome.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Welcome.codec(), opts);
        }
        Welcome.stream = stream;
    })(Welcome = nebula_handshake.Welcome || (nebula_handshake.Welcome = {}));
    let Change;
    (function (Change) {
        let _codec;
        Change.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.id != null && obj.id !== 0)) {
                        w.uint32(8);
                        w.uint32(obj.id);
                    }
                    if ((obj.direct != null && obj.direct !== false)) {
                        w.uint32(16);
                        w.bool(obj.direct);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        id: 0,
                        direct: false
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.id = reader.uint32();
                                break;
                            }
                            case 2: {
                                obj.direct = reader.bool();
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
                                    field: `${prefix}.id`,
                                    value: reader.uint32()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.direct`,
                                    value: reader.bool()
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
            return encodeMessage(obj, Change.codec());
        }
        Change.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Change.codec(), opts);
        }
        Change.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Change.codec(), opts);
        }
        Change.stream = stream;
    })(Change = nebula_handshake.Change || (nebula_handshake.Change = {}));
    let Changed;
    (function (Changed) {
        let _codec;
        Changed.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if ((obj.id != null && obj.id !== 0)) {
                        w.uint32(8);
                        w.uint32(obj.id);
                    }
                    if ((obj.accepted != null && obj.accepted !== false)) {
                        w.uint32(16);
                        w.bool(obj.accepted);
                    }
                    if (obj.reason != null && __ReasonValues[obj.reason] !== 0) {
                        w.uint32(24);
                        nebula_handshake.Reason.codec().encode(obj.reason, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        id: 0,
                        accepted: false,
                        reason: Reason.UNSPECIFIED
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.id = reader.uint32();
                                break;
                            }
                            case 2: {
                                obj.accepted = reader.bool();
                                break;
                            }
                            case 3: {
                                obj.reason = nebula_handshake.Reason.codec().decode(reader);
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
                                    field: `${prefix}.id`,
                                    value: reader.uint32()
                                };
                                break;
                            }
                            case 2: {
                                yield {
                                    field: `${prefix}.accepted`,
                                    value: reader.bool()
                                };
                                break;
                            }
                            case 3: {
                                yield {
                                    field: `${prefix}.reason`,
                                    value: nebula_handshake.Reason.codec().decode(reader)
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
            return encodeMessage(obj, Changed.codec());
        }
        Changed.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Changed.codec(), opts);
        }
        Changed.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Changed.codec(), opts);
        }
        Changed.stream = stream;
    })(Changed = nebula_handshake.Changed || (nebula_handshake.Changed = {}));
    let Goodbye;
    (function (Goodbye) {
        let _codec;
        Goodbye.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    if (obj.reason != null && __ReasonValues[obj.reason] !== 0) {
                        w.uint32(8);
                        nebula_handshake.Reason.codec().encode(obj.reason, w);
                    }
                    if (opts.lengthDelimited !== false) {
                        w.ldelim();
                    }
                }, (reader, length, opts = {}) => {
                    const obj = {
                        reason: Reason.UNSPECIFIED
                    };
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                obj.reason = nebula_handshake.Reason.codec().decode(reader);
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
                                    field: `${prefix}.reason`,
                                    value: nebula_handshake.Reason.codec().decode(reader)
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
            return encodeMessage(obj, Goodbye.codec());
        }
        Goodbye.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, Goodbye.codec(), opts);
        }
        Goodbye.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, Goodbye.codec(), opts);
        }
        Goodbye.stream = stream;
    })(Goodbye = nebula_handshake.Goodbye || (nebula_handshake.Goodbye = {}));
    let HandshakeFrame;
    (function (HandshakeFrame) {
        let _codec;
        HandshakeFrame.codec = () => {
            if (_codec == null) {
                _codec = message((obj, w, opts = {}) => {
                    if (opts.lengthDelimited !== false) {
                        w.fork();
                    }
                    obj = { ...obj };
                    if (obj.goodbye != null) {
                        obj.changed = undefined;
                        obj.change = undefined;
                        obj.welcome = undefined;
                        obj.hello = undefined;
                    }
                    if (obj.changed != null) {
                        obj.goodbye = undefined;
                        obj.change = undefined;
                        obj.welcome = undefined;
                        obj.hello = undefined;
                    }
                    if (obj.change != null) {
                        obj.goodbye = undefined;
                        obj.changed = undefined;
                        obj.welcome = undefined;
                        obj.hello = undefined;
                    }
                    if (obj.welcome != null) {
                        obj.goodbye = undefined;
                        obj.changed = undefined;
                        obj.change = undefined;
                        obj.hello = undefined;
                    }
                    if (obj.hello != null) {
                        obj.goodbye = undefined;
                        obj.changed = undefined;
                        obj.change = undefined;
                        obj.welcome = undefined;
                    }
                    if (obj.hello != null) {
                        w.uint32(10);
                        nebula_handshake.Hello.codec().encode(obj.hello, w);
                    }
                    if (obj.welcome != null) {
                        w.uint32(18);
                        nebula_handshake.Welcome.codec().encode(obj.welcome, w);
                    }
                    if (obj.change != null) {
                        w.uint32(26);
                        nebula_handshake.Change.codec().encode(obj.change, w);
                    }
                    if (obj.changed != null) {
                        w.uint32(34);
                        nebula_handshake.Changed.codec().encode(obj.changed, w);
                    }
                    if (obj.goodbye != null) {
                        w.uint32(42);
                        nebula_handshake.Goodbye.codec().encode(obj.goodbye, w);
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
                            case 1: {
                                obj.hello = nebula_handshake.Hello.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.hello
                                });
                                break;
                            }
                            case 2: {
                                obj.welcome = nebula_handshake.Welcome.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.welcome
                                });
                                break;
                            }
                            case 3: {
                                obj.change = nebula_handshake.Change.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.change
                                });
                                break;
                            }
                            case 4: {
                                obj.changed = nebula_handshake.Changed.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.changed
                                });
                                break;
                            }
                            case 5: {
                                obj.goodbye = nebula_handshake.Goodbye.codec().decode(reader, reader.uint32(), {
                                    limits: opts.limits?.goodbye
                                });
                                break;
                            }
                            default: {
                                reader.skipType(tag & 7);
                                break;
                            }
                        }
                    }
                    if (obj.goodbye != null) {
                        delete obj.changed;
                        delete obj.change;
                        delete obj.welcome;
                        delete obj.hello;
                    }
                    if (obj.changed != null) {
                        delete obj.goodbye;
                        delete obj.change;
                        delete obj.welcome;
                        delete obj.hello;
                    }
                    if (obj.change != null) {
                        delete obj.goodbye;
                        delete obj.changed;
                        delete obj.welcome;
                        delete obj.hello;
                    }
                    if (obj.welcome != null) {
                        delete obj.goodbye;
                        delete obj.changed;
                        delete obj.change;
                        delete obj.hello;
                    }
                    if (obj.hello != null) {
                        delete obj.goodbye;
                        delete obj.changed;
                        delete obj.change;
                        delete obj.welcome;
                    }
                    return obj;
                }, function* (reader, length, prefix, opts = {}) {
                    const end = length == null ? reader.len : reader.pos + length;
                    while (reader.pos < end) {
                        const tag = reader.uint32();
                        switch (tag >>> 3) {
                            case 1: {
                                yield* nebula_handshake.Hello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                                    limits: opts.limits?.hello
                                });
                                break;
                            }
                            case 2: {
                                yield* nebula_handshake.Welcome.codec().stream(reader, reader.uint32(), `${prefix}.welcome`, {
                                    limits: opts.limits?.welcome
                                });
                                break;
                            }
                            case 3: {
                                yield* nebula_handshake.Change.codec().stream(reader, reader.uint32(), `${prefix}.change`, {
                                    limits: opts.limits?.change
                                });
                                break;
                            }
                            case 4: {
                                yield* nebula_handshake.Changed.codec().stream(reader, reader.uint32(), `${prefix}.changed`, {
                                    limits: opts.limits?.changed
                                });
                                break;
                            }
                            case 5: {
                                yield* nebula_handshake.Goodbye.codec().stream(reader, reader.uint32(), `${prefix}.goodbye`, {
                                    limits: opts.limits?.goodbye
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
            return encodeMessage(obj, HandshakeFrame.codec());
        }
        HandshakeFrame.encode = encode;
        function decode(buf, opts) {
            return decodeMessage(buf, HandshakeFrame.codec(), opts);
        }
        HandshakeFrame.decode = decode;
        function stream(buf, opts) {
            return streamMessage(buf, HandshakeFrame.codec(), opts);
        }
        HandshakeFrame.stream = stream;
    })(HandshakeFrame = nebula_handshake.HandshakeFrame || (nebula_handshake.HandshakeFrame = {}));
    let _codec;
    nebula_handshake.codec = () => {
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
        return encodeMessage(obj, nebula_handshake.codec());
    }
    nebula_handshake.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, nebula_handshake.codec(), opts);
    }
    nebula_handshake.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, nebula_handshake.codec(), opts);
    }
    nebula_handshake.stream = stream;
})(nebula_handshake || (nebula_handshake = {}));

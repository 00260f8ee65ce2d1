// The server's side of RFC 6455 as far as a mock needs it: text frames out, close and ping in. Development only.

import { createHash } from 'node:crypto';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export function accept(request, socket) {
  const key = createHash('sha1').update(request.headers['sec-websocket-key'] + GUID).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    if ((data[0] & 0x0f) === 8) socket.end(Buffer.from([0x88, 0]));
  });
  return {
    send(message) {
      if (socket.destroyed) return;
      const body = Buffer.from(JSON.stringify(message));
      const head = body.length < 126 ? Buffer.from([0x81, body.length])
        : body.length < 65536 ? Buffer.from([0x81, 126, body.length >> 8, body.length & 255])
          : Buffer.concat([Buffer.from([0x81, 127, 0, 0, 0, 0]), (() => { const b = Buffer.alloc(4); b.writeUInt32BE(body.length); return b; })()]);
      socket.write(Buffer.concat([head, body]));
    },
    close: () => socket.destroy(),
    onClose: (callback) => socket.on('close', callback),
  };
}

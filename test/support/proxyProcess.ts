import { type ProxyRequest, startProxy, type TcpProxy } from './proxy.ts';

let proxy: TcpProxy | undefined;

process.on('message', async (request: ProxyRequest) => {
  process.send?.({ id: request.id, answer: await answer(request) });
});

async function answer(request: ProxyRequest): Promise<unknown> {
  switch (request.method) {
    case 'start':
      proxy = await startProxy(request.options);
      return proxy.port;
    case 'counts':
      return proxy?.counts();
    case 'resetCounts':
      return proxy?.resetCounts();
    case 'stop':
      return proxy?.stop();
    case 'change':
      return proxy?.change(request.settings);
    case 'fail':
      return proxy?.fail(request.kind);
  }
}

# The headless entry without Electron. Build and run it:
#   docker build -t lazuli .
#   docker run -p 11437:11437 -e AZURE_OPENAI_ENDPOINT=https://contoso.openai.azure.com lazuli

FROM node:24.21.0-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# No package needs its install script; the build needs no Electron.
RUN npm ci --ignore-scripts --loglevel=error
COPY tsconfig.json electron.vite.config.ts ./
COPY shared shared
COPY electron electron
COPY renderer renderer
RUN npm run build

FROM node:24.21.0-slim AS packages
WORKDIR /packages
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --loglevel=error

FROM node:24.21.0-slim
ENV NODE_ENV=production \
    LAZULI_IN_CONTAINER=1 \
    AZURE_OPENAI_PROXY_ADDRESS=0.0.0.0:11437
# Configuration is looked for here: .env, config/base.yaml, app/config/base.yaml.
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=packages /packages/node_modules node_modules
COPY --from=build /build/out/main out/main
COPY --from=build /build/out/renderer out/renderer
RUN mkdir --mode=0700 /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 11437
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.AZURE_OPENAI_PROXY_ADDRESS.split(':').at(-1) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "out/main/serve.js", "--data-dir", "/data"]

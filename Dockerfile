# The base image and the npm registry can be others: docs/operating.md, "Containers".
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# npm links the workspace into node_modules only if it is there.
COPY sdk/package.json ./sdk/
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY server ./server
COPY sdk ./sdk
COPY web ./web
COPY bin ./bin
RUN npm run build && npm run build:web
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci --omit=dev --omit=optional

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/web/dist ./web/dist
COPY server/migrations ./dist/server/migrations
COPY server/openapi.json ./dist/server/openapi.json
COPY server/pages ./dist/server/pages
COPY docs/*.md ./dist/docs/
# A volume that is mounted here belongs to whom the folder does.
RUN mkdir /attachments && chown node:node /attachments
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=10s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/server/src/main.js", "serve"]

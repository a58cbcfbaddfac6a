// The same bytes from a controller of NestJS on Express that encodes an object: node nest.js slots.json,
// after npm install @nestjs/core@11 @nestjs/common@11 @nestjs/platform-express@11 reflect-metadata rxjs
require('reflect-metadata')
const { NestFactory } = require('@nestjs/core')
const { Module, Controller, Get } = require('@nestjs/common')

const answer = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'))

class Slots {
  get() {
    return answer
  }
}
Controller()(Slots)
Get('slots.json')(Slots.prototype, 'get', Object.getOwnPropertyDescriptor(Slots.prototype, 'get'))

class App {}
Module({ controllers: [Slots] })(App)

NestFactory.create(App, { logger: false }).then((app) => {
  app.getHttpServer().keepAliveTimeout = 600_000
  return app.listen(8089, '127.0.0.1')
})

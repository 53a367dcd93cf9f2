import type { Route } from './route-table.ts'

const REASON = 'a line of the table of routes'

/** The lines of route-table.ts about text messages. */
export const SMS_TABLE: Record<string, Route> = {
  'GET /sms/proof/:subject': {
    needs: 'sms.proof',
    path: `/sms/proof/none?reason=${REASON}`,
    answers: 404,
  },
  'POST /sms/subjects/:subject/reveal': {
    needs: 'sms.reveal',
    path: '/sms/subjects/none/reveal',
    body: { reason: REASON },
    answers: 404,
  },
  'POST /sms/subjects/:subject/erase': {
    needs: 'sms.erase',
    path: '/sms/subjects/none/erase',
    body: { reason: REASON },
    answers: 404,
  },
  'POST /sms/subjects/:subject/hold': {
    needs: 'sms.erase',
    path: '/sms/subjects/none/hold',
    body: { reason: REASON },
    answers: 404,
  },
  'POST /sms/subjects/:subject/release': {
    needs: 'sms.erase',
    path: '/sms/subjects/none/release',
    body: { reason: REASON },
    answers: 404,
  },
  'POST /sms/import': {
    needs: 'sms.import',
    bySite: true,
    path: '/sms/import?site={site}&program=none',
    answers: 404,
  },
  'GET /.well-known/sluice-sms.json': { needs: 'open' },
  'GET /sms/programs': { needs: 'sms.read', bySite: true, path: '/sms/programs?site={site}' },
  'GET /sms/report': { needs: 'sms.read', bySite: true, path: '/sms/report?site={site}' },
  'POST /sms/programs': { needs: 'sms.write', bySite: true, body: { site: '{site}' }, answers: 400 },
  'POST /sms/messages': { needs: 'sms.send', bySite: true, body: { site: '{site}' }, answers: 400 },
  'GET /sms/messages/:id': {
    needs: 'sms.read',
    bySite: true,
    path: '/sms/messages/none?site={site}',
    answers: 404,
  },
  'GET /sms/subjects/:id': {
    needs: 'sms.read',
    bySite: true,
    path: '/sms/subjects/none?site={site}',
    answers: 404,
  },
  'POST /sms/opt-out': { needs: 'sms.write', bySite: true, body: { site: '{site}' }, answers: 400 },
  'POST /sms/media': { needs: 'sms.send', bySite: true, path: '/sms/media?site={site}', answers: 415 },
  'GET /sms/media/:id': {
    needs: 'sms.review',
    bySite: true,
    path: '/sms/media/none?site={site}',
    answers: 404,
  },
  'GET /sms/held-texts': { needs: 'sms.review', bySite: true, path: '/sms/held-texts?site={site}' },
  'POST /sms/held-texts/:id/approve': {
    needs: 'sms.review',
    bySite: true,
    path: '/sms/held-texts/none/approve',
    body: { site: '{site}', reason: REASON },
    answers: 404,
  },
  'POST /sms/held-texts/:id/refuse': {
    needs: 'sms.review',
    bySite: true,
    path: '/sms/held-texts/none/refuse',
    body: { site: '{site}', reason: REASON },
    answers: 404,
  },
  'GET /sms/unclear-answers': {
    needs: 'sms.review',
    bySite: true,
    path: '/sms/unclear-answers?site={site}',
  },
  'POST /sms/unclear-answers/:id/settle': {
    needs: 'sms.review',
    bySite: true,
    path: '/sms/unclear-answers/none/settle',
    body: { site: '{site}', as: 'other', reason: REASON },
    answers: 404,
  },
  'GET /sms/dead-letters': { needs: 'sms.review', bySite: true, path: '/sms/dead-letters?site={site}' },
  'POST /sms/dead-letters/:id/settle': {
    needs: 'sms.review',
    bySite: true,
    path: '/sms/dead-letters/none/settle',
    body: { site: '{site}', as: 'sent', reason: REASON },
    answers: 404,
  },
  'POST /sms/dead-letters/:id/replay': {
    needs: 'sms.review',
    bySite: true,
    path: '/sms/dead-letters/none/replay',
    body: { site: '{site}', reason: REASON },
    answers: 404,
  },
}

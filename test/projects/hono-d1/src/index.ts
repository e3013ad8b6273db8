import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { HTTPException } from 'hono/http-exception';
import { etag } from 'hono/etag';
import { logger } from 'hono/logger';
import { secureHeaders } from 'hono/secure-headers';

interface Todo {
  id: number;
  title: string;
  done: number;
}

interface Environment {
  Bindings: { DB: D1Database; VERSION: WorkerVersionMetadata; REALM: string; PASSWORD: string };
}

const todos = new Hono<Environment>()
  .get('/', async ({ env, json, req }) => {
    const statement =
      req.query('open') === undefined
        ? env.DB.prepare('select * from todos order by id')
        : env.DB.prepare('select * from todos where done = 0 order by id');
    const { results } = await statement.all<Todo>();
    return json(results);
  })
  .post('/', async ({ env, json, req }) => {
    const { title } = await req.json<{ title?: string }>();
    if (!title) throw new HTTPException(400, { message: 'A todo needs a title' });
    const todo = await env.DB.prepare('insert into todos (title) values (?) returning *').bind(title).first<Todo>();
    return json(todo, 201);
  })
  .patch('/:id', async ({ env, json, req }) => {
    const { done } = await req.json<{ done: boolean }>();
    const todo = await env.DB.prepare('update todos set done = ? where id = ? returning *')
      .bind(done ? 1 : 0, req.param('id'))
      .first<Todo>();
    if (todo === null) throw new HTTPException(404, { message: 'There is no such todo' });
    return json(todo);
  })
  .delete('/done', async ({ env, json }) => {
    const [gone] = await env.DB.batch([env.DB.prepare('delete from todos where done = 1'), env.DB.prepare('select count(*) from todos')]);
    return json({ deleted: gone?.meta.changes ?? 0 });
  });

const app = new Hono<Environment>()
  .use(logger(), secureHeaders(), etag())
  .use('/todos/*', (context, next) =>
    basicAuth({ username: 'ada', password: context.env.PASSWORD, realm: context.env.REALM })(context, next),
  )
  .get('/version', ({ env, text }) => text(env.VERSION.tag))
  .route('/todos', todos);

export default app;

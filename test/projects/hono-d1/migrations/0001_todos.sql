create table todos (
  id integer primary key autoincrement,
  title text not null,
  done integer not null default 0
);
create index todos_open on todos (done, id);

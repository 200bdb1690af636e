//! A small HTTP/1.1 client on one kept-open connection: next to the servers it must cost nothing.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use memchr::memmem;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::deadline::within;

/// No answer that the tool asks for is larger.
const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// One connection to a gateway.
pub(super) struct Http {
    stream: TcpStream,
    address: SocketAddr,
    /// What was read; begins with the current answer.
    read: Vec<u8>,
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Answer {
    /// The body of a success.
    pub(super) fn ok(self) -> anyhow::Result<Value> {
        if !(200..300).contains(&self.status) {
            bail!("refused with {}: {}", self.status, self.body);
        }
        Ok(self.body)
    }
}

impl Http {
    pub(super) async fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = within("a gateway takes a connection", TcpStream::connect(address))
            .await?
            .with_context(|| format!("no connection to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            address,
            read: Vec::with_capacity(8192),
        })
    }

    /// Asks, and understands the answer.
    pub(super) async fn call(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> anyhow::Result<Answer> {
        let text = body.map(Value::to_string).unwrap_or_default();
        let (status, body) = self.ask(method, path, token, &text).await?;
        let body = match body {
            [] => Value::Null,
            body => serde_json::from_slice(body)
                .unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned().into()),
        };
        Ok(Answer { status, body })
    }

    /// Asks; answers the status and the body as it came.
    pub(super) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: &str,
    ) -> anyhow::Result<(u16, &[u8])> {
        let authorization = token.map_or_else(String::new, |token| {
            format!("authorization: Bearer {token}\r\n")
        });
        let content = match body.len() {
            0 => String::new(),
            length => {
                format!("content-type: application/json\r\ncontent-length: {length}\r\n")
            }
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{authorization}{content}\r\n{body}",
            self.address
        );
        let answering = async move {
            self.stream.write_all(request.as_bytes()).await?;
            self.answer().await
        };
        within("a call is answered", answering).await?
    }

    async fn answer(&mut self) -> anyhow::Result<(u16, &[u8])> {
        self.read.clear();
        let head = loop {
            if let Some(end) = memmem::find(&self.read, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let text = std::str::from_utf8(&self.read[..head])?.to_ascii_lowercase();
        let status = text
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let status = status.context("answer is no HTTP")?;
        let length = header(&text, "content-length");
        if length.is_none() && header(&text, "transfer-encoding").is_some() {
            bail!("answer comes in chunks, which this client does not read");
        }
        let length: usize = length.map_or(Ok(0), str::parse)?;
        if length > LARGEST_ANSWER {
            bail!("answer of {length} bytes is too large");
        }
        while self.read.len() < head + length {
            self.more().await?;
        }
        Ok((status, &self.read[head..head + length]))
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            bail!("{} closed the connection", self.address);
        }
        Ok(())
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
}

//! The two tasks that carry a session's packets: one out, one in.
//!
//! Invariant: both end when the session is lost or nobody needs it any more;
//! what was asked before goes out first, so that nothing temporary stays at the
//! server.

use super::{
    connection::Tunnel,
    errors::Lost,
    session::{Outgoing, Shared, farewell},
    wire::{self, Answer},
};
use bytes::{Buf, Bytes, BytesMut};
use russh::{ChannelMsg, ChannelReadHalf, ChannelWriteHalf, client::Msg};
use std::{sync::Arc, time::Duration};
use storage::ErrorKind;
use tokio::sync::mpsc;

/// Short packets go out together, up to so many bytes.
const TOGETHER: usize = 32 << 10;
/// A piece of so many bytes goes out by itself, and is not copied.
const LARGE: usize = 64 << 10;
/// How long a session may take to say what was asked of it last, and how long
/// the server may take to do it.
const FAREWELL: Duration = Duration::from_secs(5);
/// How often it is looked whether the server is still there.
const WATCH: Duration = Duration::from_millis(500);

/// An open channel, and what keeps it open.
pub(super) struct Ends {
    pub(super) incoming: ChannelReadHalf,
    pub(super) outgoing: ChannelWriteHalf<Msg>,
    pub(super) tunnel: Tunnel,
}

/// Greets the server and starts both tasks; what the server answered.
pub(super) async fn start(
    ends: Ends,
    shared: Arc<Shared>,
    queue: &mpsc::UnboundedSender<Outgoing>,
    packets: mpsc::UnboundedReceiver<Outgoing>,
    timeout: Duration,
) -> Result<Bytes, Lost> {
    let Ends { incoming, outgoing, tunnel } = ends;
    let mut incoming = Incoming { channel: incoming, partial: BytesMut::new() };
    let greeting = async {
        outgoing.data_bytes(wire::init()).await.map_err(|_| gone())?;
        incoming.next(&shared).await
    };
    let silent = |_| Lost::new(ErrorKind::TimedOut, "the server does not begin with SFTP");
    let version = tokio::time::timeout(timeout, greeting).await.map_err(silent)??;
    // A session that is no longer used has no queue, and nothing to close.
    let closing = queue.downgrade();
    tokio::spawn(receive(incoming, Arc::clone(&shared), closing));
    tokio::spawn(send(outgoing, packets, shared, tunnel));
    Ok(version)
}

fn gone() -> Lost {
    Lost::new(ErrorKind::Unreachable, "the connection was lost")
}

/// Carries packets out until nobody has any more.
async fn send(
    channel: ChannelWriteHalf<Msg>,
    mut packets: mpsc::UnboundedReceiver<Outgoing>,
    shared: Arc<Shared>,
    tunnel: Tunnel,
) {
    let sending = async {
        let mut short = BytesMut::with_capacity(TOGETHER);
        while let Some(packet) = packets.recv().await {
            let mut next = Some(packet);
            while let Some(packet) = next {
                put_out(&channel, &mut short, packet).await?;
                next = if short.len() < TOGETHER { packets.try_recv().ok() } else { None };
            }
            if !short.is_empty() {
                channel.data_bytes(short.split().freeze()).await?;
            }
        }
        Ok::<_, russh::Error>(())
    };
    let unused = async {
        shared.unused.cancelled().await;
        // Time for what is still in the queue.
        tokio::time::sleep(FAREWELL).await;
    };
    let sent = tokio::select! {
        biased;
        () = shared.dead.cancelled() => Ok(()),
        sent = sending => sent,
        () = unused => Ok(()),
    };
    if sent.is_err() {
        shared.lose(&gone());
    }
    if shared.unused.is_cancelled() && !shared.dead.is_cancelled() {
        // OpenSSH leaves undone what it has not begun when the channel ends.
        let last_words = async {
            tokio::select! {
                () = shared.dead.cancelled() => {}
                () = shared.answered() => {}
            }
        };
        let _ = tokio::time::timeout(FAREWELL, last_words).await;
        let _ = channel.eof().await;
    }
    tunnel.end().await;
}

/// Sends a packet, or puts it to the short ones that go out together.
async fn put_out(
    channel: &ChannelWriteHalf<Msg>,
    short: &mut BytesMut,
    packet: Outgoing,
) -> Result<(), russh::Error> {
    short.extend_from_slice(&packet.head);
    for piece in &packet.tail {
        if piece.len() < LARGE {
            short.extend_from_slice(piece);
            if short.len() >= TOGETHER {
                channel.data_bytes(short.split().freeze()).await?;
            }
        } else {
            channel.data_bytes(short.split().freeze()).await?;
            channel.data_bytes(piece.clone()).await?;
        }
    }
    Ok(())
}

/// Hands answers out until the connection ends.
async fn receive(
    mut incoming: Incoming,
    shared: Arc<Shared>,
    queue: mpsc::WeakUnboundedSender<Outgoing>,
) {
    let mut watch = tokio::time::interval(WATCH);
    loop {
        let packet = tokio::select! {
            biased;
            () = shared.dead.cancelled() => return,
            packet = incoming.next(&shared) => packet,
            _ = watch.tick() => {
                shared.watch();
                continue;
            }
        };
        let answer = packet.and_then(|packet| {
            let odd = || Lost::new(ErrorKind::Damaged, "the server sent no packet of SFTP");
            wire::answer(packet).ok_or_else(odd)
        });
        match answer {
            Ok((number, answer)) => {
                let orphan = shared.deliver(number, answer);
                if let (Some(Answer::Handle(handle)), Some(queue)) = (orphan, queue.upgrade()) {
                    let _ = queue.send(farewell(&handle));
                }
            }
            Err(cause) => return shared.lose(&cause),
        }
    }
}

/// Puts packets together from what arrives.
struct Incoming {
    channel: ChannelReadHalf,
    partial: BytesMut,
}

impl Incoming {
    /// The next packet, without its length. Can be dropped at any time: what
    /// has arrived stays.
    async fn next(&mut self, shared: &Shared) -> Result<Bytes, Lost> {
        loop {
            if let Some(packet) = self.take()? {
                return Ok(packet);
            }
            match self.channel.wait().await {
                Some(ChannelMsg::Data { data }) => {
                    shared.heard();
                    self.partial.extend_from_slice(&data);
                }
                // What the server says on its standard error is not for us.
                Some(ChannelMsg::Eof | ChannelMsg::Close) | None => return Err(gone()),
                Some(_) => shared.heard(),
            }
        }
    }

    fn take(&mut self) -> Result<Option<Bytes>, Lost> {
        let Some(length) = self.partial.first_chunk().map(|length| u32::from_be_bytes(*length))
        else {
            return Ok(None);
        };
        let length = length as usize;
        if length > wire::LONGEST {
            return Err(Lost::new(ErrorKind::NotThisService, "the server does not speak SFTP"));
        }
        if self.partial.len() < 4 + length {
            self.partial.reserve(4 + length - self.partial.len());
            return Ok(None);
        }
        self.partial.advance(4);
        Ok(Some(self.partial.split_to(length).freeze()))
    }
}

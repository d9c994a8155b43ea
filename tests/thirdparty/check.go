// check reads an exported tlog-tiles folder with golang.org/x/mod/sumdb/{note,tlog} alone:
//
//	check FOLDER VKEY [EARLIER-CHECKPOINT]
//
// It opens the checkpoint, checks every hash of every tile against its root, proves every entry's
// inclusion and the consistency with the earlier checkpoint, and prints what it checked; or it
// fails with a reason.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func must(err error, what string) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

// folder reads tiles from their files; tlog's paths name the height after "tile/", C2SP's do not.
type folder string

func (f folder) Height() int { return height }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		one, err := os.ReadFile(filepath.Join(string(f), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		data[i] = one
	}
	return data, nil
}

// openCheckpoint verifies the note and reads origin, size and root.
func openCheckpoint(file string, verifier note.Verifier) tlog.Tree {
	data, err := os.ReadFile(file)
	must(err, "checkpoint")
	opened, err := note.Open(data, note.VerifierList(verifier))
	must(err, file)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		log.Fatalf("%s: not a checkpoint of %s", file, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, file)
	root, err := tlog.ParseHash(lines[2])
	must(err, file)
	return tlog.Tree{N: size, Hash: root}
}

// entries reads the bundle below a tile of level 0.
func entries(f folder, tile tlog.Tile) (all [][]byte) {
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(string(f), path))
	must(err, "entries")
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			log.Fatalf("%s: cut off", path)
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		all, data = append(all, data[2:end]), data[end:]
	}
	if len(all) != tile.W {
		log.Fatalf("%s: %d entries, not %d", path, len(all), tile.W)
	}
	return all
}

func main() {
	log.SetFlags(0)
	f := folder(os.Args[1])
	verifier, err := note.NewVerifier(os.Args[2])
	must(err, "vkey")
	tree := openCheckpoint(filepath.Join(string(f), "checkpoint"), verifier)

	reader := tlog.TileHashReader(tree, f) // gives no hash that does not lead to the root
	var leaves, tiles int64
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		whole := tree.N >> (height * tile.L) // hashes at this level
		if tile.W < 1<<height && tile.N<<height+int64(tile.W) != whole {
			continue // NewTiles lists partial tiles of every width
		}
		_, err := tlog.ReadTileData(tile, reader)
		must(err, tile.Path())
		tiles++
		if tile.L > 0 {
			continue
		}
		for _, entry := range entries(f, tile) {
			proof, err := tlog.ProveRecord(tree.N, leaves, reader)
			must(err, "inclusion")
			must(tlog.CheckRecord(proof, tree.N, tree.Hash, leaves, tlog.RecordHash(entry)), "inclusion")
			leaves++
		}
	}
	if leaves != tree.N {
		log.Fatalf("%d entries, not %d", leaves, tree.N)
	}
	if len(os.Args) > 3 {
		earlier := openCheckpoint(os.Args[3], verifier)
		proof, err := tlog.ProveTree(tree.N, earlier.N, reader)
		must(err, "consistency")
		must(tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash), "consistency")
		fmt.Printf("extends %d\n", earlier.N)
	}
	fmt.Printf("%d entries, %d tiles\n", leaves, tiles)
}

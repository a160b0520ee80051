/// The script of a recipe: it reads the files beside it and trains with transformers and PEFT.
enum RecipeScript {
  static let requirements = [
    "torch", "transformers>=5", "peft>=0.21", "accelerate>=1", "safetensors",
  ]
  /// What a base in four bits needs besides.
  static let fourBitRequirements = ["bitsandbytes>=0.50"]

  static let text = #"""
    #!/usr/bin/env python3
    """Trains with transformers and PEFT what lora-lessons trained: the same start, the same examples in the
    same order, the same rates.

        pip install -r requirements.txt
        python train.py                                        # one process
        torchrun --standalone --nproc-per-node 2 train.py      # two, each with its part of every batch
        accelerate launch --num_processes 2 train.py           # the same, by accelerate

    Beside it lie recipe.json (all settings), examples.jsonl (tokens and labels, an example a line),
    order.jsonl (the examples of each step, a step a line), base (the model to start from) and, unless all
    weights are trained, adapter (where A and B start).
    """

    import argparse
    import contextlib
    import copy
    import csv
    import json
    import math
    import pathlib

    import torch
    from accelerate import Accelerator
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    HERE = pathlib.Path(__file__).resolve().parent
    IGNORED = -100  # the label of a token that is not asked for


    def read_lines(name):
        with open(HERE / name, encoding="utf-8") as file:
            return [json.loads(line) for line in file]


    def mend_products():
        """On CPUs bitsandbytes 0.50 takes the wrong absmax where a block goes on into the next row.

        As one long row the weight comes out right.
        """
        import bitsandbytes
        from bitsandbytes.functional import dequantize_4bit

        original = bitsandbytes.matmul_4bit

        def product(x, codes, quant_state, out=None, bias=None):
            shape = quant_state.shape
            if x.device.type != "cpu" or shape[1] % quant_state.blocksize == 0:
                return original(x, codes, quant_state, out=out, bias=bias)
            row = copy.copy(quant_state)
            row.shape = torch.Size([1, shape.numel()])
            weight = dequantize_4bit(codes.reshape(-1, 1), row).reshape(shape)
            return torch.nn.functional.linear(x, weight.to(x.dtype), bias)

        bitsandbytes.matmul_4bit = product


    def load_model(recipe, device):
        place = {}
        if recipe["method"] == "qlora":
            mend_products()
            place["device_map"] = {"": device}
        model = AutoModelForCausalLM.from_pretrained(HERE / "base", dtype=torch.float32, **place)
        model.config.use_cache = False
        if recipe["method"] == "full":
            return model
        return PeftModel.from_pretrained(model, HERE / "adapter", is_trainable=True)


    def make_optimizer(model, recipe):
        """The optimiser with one group or two: with LoRA+ the rate of B is a multiple of that of A."""
        groups = {1.0: [], recipe["loraPlusRatio"]: []}
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                is_raised = ".lora_B" in name or "lora_magnitude" in name
                groups[recipe["loraPlusRatio"] if is_raised else 1.0].append(parameter)
        groups = [{"params": group, "ratio": ratio} for ratio, group in groups.items() if group]
        common = {"lr": recipe["learningRate"], "weight_decay": recipe["weightDecay"]}
        if recipe["optimizer"] == "sgd":
            return torch.optim.SGD(groups, momentum=recipe["momentum"], **common)
        betas = (recipe["beta1"], recipe["beta2"])
        return torch.optim.AdamW(groups, betas=betas, eps=recipe["epsilon"], **common)


    def rate_factor(step, recipe):
        """What the rate is multiplied by at a step, counted from 0."""
        warm_up, steps = recipe["warmUpSteps"], recipe["steps"]
        if step < warm_up:
            return step / max(1, warm_up)
        progress = (step - warm_up) / max(1, steps - warm_up)
        return {
            "constant": 1.0,
            "linear": max(0.0, 1 - progress),
            "cosine": max(0.0, 0.5 * (1 + math.cos(math.pi * progress))),
        }[recipe["schedule"]]


    def main():
        parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
        parser.add_argument("--steps", type=int, help="do only the first N of the steps")
        parser.add_argument("--out", type=pathlib.Path, default=HERE / "trained")
        parser.add_argument("--cpu", action="store_true", help="leave other processors alone")
        options = parser.parse_args()

        accelerator = Accelerator(cpu=options.cpu or not torch.cuda.is_available())
        rank, processes = accelerator.process_index, accelerator.num_processes
        recipe = json.loads((HERE / "recipe.json").read_text(encoding="utf-8"))
        examples, order = read_lines("examples.jsonl"), read_lines("order.jsonl")
        tokens = torch.tensor([example["input_ids"] for example in examples])
        labels = torch.tensor([example["labels"] for example in examples])
        if recipe["batch"] < processes:
            raise SystemExit(f"a batch of {recipe['batch']} is too small for {processes} processes")
        torch.manual_seed(recipe["seed"] + rank)  # of dropout alone

        model = load_model(recipe, accelerator.device)
        optimizer = make_optimizer(model, recipe)
        model, optimizer = accelerator.prepare(model, optimizer)
        trained = [p for p in model.parameters() if p.requires_grad]
        model.train()

        rows = []
        for step, numbers in enumerate(order[: options.steps]):
            parts = recipe["accumulation"]
            total = torch.zeros((), device=accelerator.device)
            for part in range(parts):
                batch = numbers[part * recipe["batch"] : (part + 1) * recipe["batch"]]
                # The mean goes over all tokens that are asked for, whichever process has them.
                count = (labels[batch][:, 1:] != IGNORED).sum().item()
                mine = batch[rank::processes]
                waits = part + 1 < parts and processes > 1
                with model.no_sync() if waits else contextlib.nullcontext():
                    logits = model(input_ids=tokens[mine].to(accelerator.device)).logits
                    loss = torch.nn.functional.cross_entropy(
                        logits[:, :-1].flatten(0, 1), labels[mine][:, 1:].flatten().to(accelerator.device),
                        ignore_index=IGNORED, reduction="sum",
                    ) / (max(count, 1) * parts)
                    # Gradients of several processes are averaged, and a mean over all is wanted.
                    accelerator.backward(loss * processes)
                total += loss.detach()
            norm = torch.nn.utils.clip_grad_norm_(trained, recipe["clip"] or math.inf)
            for group in optimizer.param_groups:
                group["lr"] = recipe["learningRate"] * rate_factor(step, recipe) * group["ratio"]
            optimizer.step()
            optimizer.zero_grad()
            mean = accelerator.reduce(total, "sum").item()
            rate = recipe["learningRate"] * rate_factor(step, recipe)
            rows.append((step + 1, mean, rate, norm.item()))
            if accelerator.is_main_process and (step < 10 or (step + 1) % 50 == 0):
                print(f"{step + 1}/{len(order)}  loss {mean:.6f}  rate {rate:.3g}", flush=True)

        if accelerator.is_main_process:
            # The embeddings are the base's; PEFT need not look for its folder to know.
            adapter_only = {} if recipe["method"] == "full" else {"save_embedding_layers": False}
            accelerator.unwrap_model(model).save_pretrained(options.out, **adapter_only)
            with open(options.out / "metrics.csv", "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(["step", "loss", "learning_rate", "gradient_norm"])
                writer.writerows(rows)
            vocabulary = HERE / "base" / "vocabulary.json"
            if recipe["method"] == "full" and vocabulary.exists():
                (options.out / "vocabulary.json").write_bytes(vocabulary.read_bytes())
            print(options.out)
        accelerator.end_training()


    if __name__ == "__main__":
        main()
    """# + "\n"
}
